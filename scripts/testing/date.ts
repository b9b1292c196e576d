import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

/** Where Debian's and Ubuntu's package `libfaketime` has it, for every architecture. */
const LIBRARY = '/usr/lib/*/faketime/libfaketime.so.1';

/** Path of the library that moves the clock of a process, if it is installed. */
export const findFaketime = (): string | undefined => globSync(LIBRARY)[0];

/** Between two readings of the clock, on a busy machine. */
const TOLERANCE_SECONDS = 600;

/**
 * The environment of processes whose clock starts at another date and runs on from there. All of them, and the
 * processes that they start, share one clock. The monotonic clock, and so timers, stay as they are.
 * @param date as `date --date` reads it, in the time zone TZ: `+1 day`, `2028-02-29 12:00`
 * @throws UsageError when the library is missing or there is no such date
 */
export function movedClock(date: string): Readonly<Record<string, string>> {
  const library = findFaketime();
  if (library === undefined) {
    throw new UsageError('DATE needs libfaketime. On Debian or Ubuntu: sudo apt-get install faketime');
  }
  let seconds: number;
  try {
    const options = { encoding: 'utf8', stdio: 'pipe' } as const;
    seconds = Number(execFileSync('date', [`--date=${date}`, '+%s'], options)) - Date.now() / 1000;
  } catch {
    throw new UsageError(
      `DATE is "${date}"; it must be a date for \`date --date\`, such as "+1 day" or "2028-02-29 12:00"`,
    );
  }
  const sign = seconds < 0 ? '-' : '+';
  const environment = {
    LD_PRELOAD: library,
    FAKETIME: `${sign}${Math.abs(seconds).toFixed(3)}`,
    DONT_FAKE_MONOTONIC: '1',
    // Times of files stay real: what was built before must not look as if it came from the past.
    NO_FAKE_STAT: '1',
  };
  const options = { encoding: 'utf8', env: { ...process.env, ...environment } } as const;
  const reached = Number(execFileSync(process.execPath, ['--print', 'Date.now()'], options)) - Date.now();
  if (Math.abs(reached / 1000 - seconds) > TOLERANCE_SECONDS) {
    throw new Error(`the clock moved by ${reached / 1000} s in place of ${seconds} s: Node does not load ${library}`);
  }
  return environment;
}
