import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** There is no dynoxide to run; the message says how to get one. */
export class DynoxideMissing extends Error {
  readonly code = 'dynoxide_missing';
}

/** Where to look for dynoxide; tests pass their own. */
export interface BinarySearch {
  /** DYNOXIDE_BINARY and PATH. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
  readonly architecture?: string;
}

const HOW_TO_GET_IT =
  'On Linux x64, `npm ci` installs it (without --omit=optional). Elsewhere, install the dynoxide 1.2.1 of your platform ' +
  '(https://github.com/nubo-db/dynoxide) and put it on the PATH, or set DYNOXIDE_BINARY to its path.';

/**
 * Path of the dynoxide to run: DYNOXIDE_BINARY, else the npm package of this platform, else the first on the PATH.
 * @throws DynoxideMissing when there is none, or when DYNOXIDE_BINARY is no program
 */
export function findBinary({
  environment,
  platform = process.platform,
  architecture = process.arch,
}: BinarySearch): string {
  const chosen = environment.DYNOXIDE_BINARY;
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen;
    throw new DynoxideMissing(`DYNOXIDE_BINARY is ${chosen}, which is no program that can be run. ${HOW_TO_GET_IT}`);
  }
  const packaged = packagedBinary(`@dynoxide/${platform}-${architecture}`);
  if (packaged !== undefined) return packaged;
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, 'dynoxide')).find(isProgram);
  if (found !== undefined) return found;
  throw new DynoxideMissing(
    `dynoxide, the local database, was not found for ${platform}-${architecture}. ${HOW_TO_GET_IT}`,
  );
}

function packagedBinary(packageName: string): string | undefined {
  let manifest: string;
  try {
    manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  } catch {
    return undefined; // an optional dependency, which npm leaves out on other platforms
  }
  const binary = join(dirname(manifest), 'dynoxide');
  return isProgram(binary) ? binary : undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
