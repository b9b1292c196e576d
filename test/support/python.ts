import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const script = (path: string, lines: readonly string[]) =>
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });

/**
 * Writes a `python3` that makes virtual environments without fetching anything.
 * @param folder gets `bin/python3`, and `calls`, which has a line for each call of pip
 * @param module shell commands that stand for `python -m <module>` in such an environment
 * @param pip shell commands that stand for `python -m pip`
 * @returns a PATH with it, and with what shell scripts need
 */
export function writePython(folder: string, module: string, pip = 'true'): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const inside = join(folder, 'python-of-venv');
  script(inside, [`if [ "$2" = pip ]; then echo "$*" >> '${join(folder, 'calls')}'; ${pip}; else ${module}; fi`]);
  script(join(bin, 'python3'), [
    '[ "$1" = -c ] && exit 0',
    // -m venv FOLDER
    `mkdir -p "$3/bin" && cp '${inside}' "$3/bin/python"`,
  ]);
  return `${bin}:/usr/bin:/bin`;
}
