import { setImmediate } from 'node:timers/promises';
import sinon from 'sinon';

/**
 * Runs something on a virtual clock: `Date` and `setTimeout` are the clock's, which goes to the next timer as soon as nothing else
 * is left to do.
 * @param now milliseconds since the epoch
 * @param begin starts it, and returns what is asked after each timer: false ends it
 * @param chance what `Math.random` says, such as for waits with jitter: 0 makes them as short as they may be
 */
export async function runOnVirtualClock(
  now: number,
  begin: () => () => Promise<boolean> | boolean,
  chance = 0,
): Promise<void> {
  const clock = sinon.useFakeTimers({ now, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const random = sinon.stub(Math, 'random').returns(chance);
  try {
    const goesOn = begin();
    for (;;) {
      // What is no timer is promises, and Node's `setImmediate`, which stay real: both are through by then.
      await setImmediate();
      if (!(await goesOn()) || clock.countTimers() === 0) return;
      await clock.nextAsync();
    }
  } finally {
    random.restore();
    clock.restore();
  }
}
