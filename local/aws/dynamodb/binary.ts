import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** There is no dynoxide to run; the message says how to get one. */
export class DynoxideMissing extends Error {
  readonly code = 'dynoxide_missing';
}

const PLATFORM = `${process.platform}-${process.arch}`;
const HOW_TO_GET_IT =
  'On Linux x64, `npm ci` installs it (without --omit=optional). Elsewhere, install the dynoxide 1.2.1 of your platform ' +
  '(https://github.com/nubo-db/dynoxide) and put it on the PATH, or set DYNOXIDE_BINARY to its path.';

/**
 * Path of the dynoxide to run: DYNOXIDE_BINARY, else the npm package of this platform, else the first on the PATH.
 * @param environment DYNOXIDE_BINARY and PATH
 * @param platform such as `linux-x64`
 * @throws DynoxideMissing when there is none, or when DYNOXIDE_BINARY is no program
 */
export function findBinary(environment: Readonly<Record<string, string | undefined>>, platform = PLATFORM): string {
  const { DYNOXIDE_BINARY: chosen, PATH = '' } = environment;
  if (chosen) {
    if (isProgram(chosen)) return chosen;
    throw new DynoxideMissing(`DYNOXIDE_BINARY is ${chosen}, which is no program that can be run. ${HOW_TO_GET_IT}`);
  }
  const folders = [packageFolder(`@dynoxide/${platform}`), ...PATH.split(delimiter)];
  const found = folders.flatMap((folder) => (folder ? [join(folder, 'dynoxide')] : [])).find(isProgram);
  if (found !== undefined) return found;
  throw new DynoxideMissing(`dynoxide, the local database, was not found for ${platform}. ${HOW_TO_GET_IT}`);
}

function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined; // an optional dependency, which npm leaves out on other platforms
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
