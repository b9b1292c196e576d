import { closeSync, openSync, writeSync } from 'node:fs';
import { escapeControls } from '@goal-activity/core/log/escape-controls.ts';

export type LogFile = ReturnType<typeof openLogFile>;

/** A line that a person who runs the stack should see at once. */
const isAlarming = (line: string) => !line.startsWith('{') || /"level":"(?:warn|error)"/.test(line);

/** Opens the log of the stack for appending; unless it is quiet, warnings and errors go to the terminal too. */
export function openLogFile(path: string, quiet: boolean) {
  const file = openSync(path, 'a', 0o600);
  let open = true;
  return {
    path,
    /** Writes one line of a part of the stack, without control characters; a Lambda's JSON line is kept as it is otherwise. */
    write(source: string, line: string): void {
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
