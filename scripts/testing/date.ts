import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';

/** Where Debian's and Ubuntu's package `libfaketime` has it, for every architecture. */
const LIBRARY = '/usr/lib/*/faketime/libfaketime.so.1';

/** A mistake that whoever runs the tests can correct; the message is all they need. */
export class DateError extends Error {
  override readonly name = 'DateError';
}

/**
 * The environment of processes whose clock starts at another date and runs on from there. All of them, and the
 * processes that they start, share one clock. The monotonic clock, and so timers, stay as they are.
 * @param date as `date --date` reads it, in the time zone TZ: `+1 day`, `2028-02-29 12:00`
 * @throws DateError when the library is missing or there is no such date
 */
export function movedClock(date: string): Readonly<Record<string, string>> {
  const [library] = globSync(LIBRARY);
  if (library === undefined) {
    throw new DateError('DATE needs libfaketime. On Debian or Ubuntu: sudo apt-get install faketime');
  }
  let seconds: number;
  try {
    const options = { encoding: 'utf8', stdio: 'pipe' } as const;
    seconds = Number(execFileSync('date', [`--date=${date}`, '+%s'], options)) - Date.now() / 1000;
  } catch {
    throw new DateError(
      `DATE is "${date}"; it must be a date that \`date --date\` knows, such as "+1 day" or "2028-02-29 12:00"`,
    );
  }
  const sign = seconds < 0 ? '-' : '+';
  return {
    LD_PRELOAD: library,
    FAKETIME: `${sign}${Math.abs(seconds).toFixed(3)}`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    // Times of files stay real: what was built before must not look as if it came from the past.
    NO_FAKE_STAT: '1',
  };
}
