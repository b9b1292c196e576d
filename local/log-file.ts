import { closeSync, openSync, writeSync } from 'node:fs';
import { escapeControls } from '@goal-activity/core/log/escape-controls.ts';

export interface LogFile {
  readonly path: string;
  /** Writes one line of a part of the stack, without control characters; a Lambda's JSON line is kept as it is otherwise. */
  write(source: string, line: string): void;
  close(): void;
}

/** A line that a person who runs the stack should see at once. */
const isAlarming = (line: string) => !line.startsWith('{') || /"level":"(?:warn|error)"/.test(line);

/** Opens the log of the stack for appending; unless it is quiet, warnings and errors go to the terminal too. */
export function openLogFile(path: string, quiet: boolean): LogFile {
  const file = openSync(path, 'a', 0o600);
  let open = true;
  return {
    path,
    write(source, line) {
      if (!open) return;
      writeSync(file, `${escapeControls(line.startsWith('{') ? line : JSON.stringify({ source, line }))}\n`);
      if (!quiet && isAlarming(line)) process.stderr.write(`${source}: ${escapeControls(line)}\n`);
    },
    close() {
      open = false;
      closeSync(file);
    },
  };
}
