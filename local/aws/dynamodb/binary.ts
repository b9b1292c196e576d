import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What to do when there is no dynoxide to run. */
export const HOW_TO_GET_IT =
  'On Linux x64, `npm ci` installs it (without --omit=optional). Elsewhere, install the dynoxide 1.2.1 of your platform ' +
  '(https://github.com/nubo-db/dynoxide) and put it on the PATH, or set DYNOXIDE_BINARY to its path.';

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
