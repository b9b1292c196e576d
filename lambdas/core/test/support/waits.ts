import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import sinon from 'sinon';

const wait = timers.setTimeout;

/**
 * For the tests of one describe block: replaces what the code under test waits with (`node:timers/promises`).
 * @returns a function that does so for the rest of a test, and gives the list of the waits, in milliseconds, as they come:
 * each takes `ms` instead of its own time, none unless said otherwise, and ends with its signal as ever. `begun` is called
 * when a wait has begun
 */
export function useWaits(): (ms?: number, begun?: () => void) => readonly unknown[] {
  afterEach(() => {
    sinon.restore();
    syncBuiltinESMExports();
  });
  return (ms = 0, begun = () => undefined) => {
    const waits: unknown[] = [];
    sinon.replace(timers, 'setTimeout', (asked, value, options) => {
      waits.push(asked);
      const waiting = wait(ms, value, options);
      begun();
      return waiting;
    });
    // Whoever has imported it by name sees the replacement only then.
    syncBuiltinESMExports();
    return waits;
  };
}
