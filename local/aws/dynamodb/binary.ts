import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import project from '../../../package.json' with { type: 'json' };

/** The platforms that dynoxide's maker has packages for, besides the one that is a dependency (its `npm/scripts/publish.sh`). */
const OTHER_PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64'];

/**
 * What to do when there is no dynoxide to run.
 * @param platform of this machine, such as `darwin-arm64`
 */
export function howToGetIt(platform = `${process.platform}-${process.arch}`): string {
  const version = project.optionalDependencies['@dynoxide/linux-x64'];
  const orElse = 'Or set DYNOXIDE_BINARY to the path of one.';
  if (`@dynoxide/${platform}` in project.optionalDependencies) return `Get it: npm ci --include=optional. ${orElse}`;
  if (OTHER_PLATFORMS.includes(platform))
    return `Get it: npm install --no-save @dynoxide/${platform}@${version}. ${orElse}`;
  return `Get dynoxide ${version} from https://github.com/nubo-db/dynoxide, and put it on the PATH. ${orElse}`;
}

/** The dynoxide to run, for a shell: DYNOXIDE_BINARY, else the npm package of this platform, else the first on the PATH. */
export function findBinary({ DYNOXIDE_BINARY }: Readonly<Record<string, string | undefined>>): string {
  if (DYNOXIDE_BINARY) return DYNOXIDE_BINARY;
  const name = `@dynoxide/${process.platform}-${process.arch}/package.json`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), 'dynoxide');
  } catch {
    return 'dynoxide'; // an optional dependency, which npm leaves out on other platforms
  }
}
