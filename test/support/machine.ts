import { performance } from 'node:perf_hooks';
import { expect } from 'chai';

/** A thread that has a processor whenever it wants one is at 1; in `make test`, on two cores, these are at 3 to 4. */
const HELD_UP = 6;
/** Of what is judged by its times, on a machine that holds nobody up. */
const LEAST_JUDGED = 0.8;

/**
 * Tells a machine that holds the tests of one describe block up from code that takes its time, by a measure that the code,
 * which runs in processes of its own, has no part in: how long this thread worked by the clock, for each second of
 * processor time that it was given.
 */
export function useMachine() {
  const now = () => ({ loop: performance.eventLoopUtilization(), cpu: process.threadCpuUsage() });
  let begun = now();
  before(() => {
    begun = now();
  });
  return {
    /** Says how many could be judged by their times, and fails when they are few though the machine held nobody up. */
    expectJudged(judged: number, all: number, what: string): void {
      const { user, system } = process.threadCpuUsage(begun.cpu);
      const slowness = (performance.eventLoopUtilization(begun.loop).active * 1000) / (user + system);
      console.log(
        `      ${judged} of ${all} ${what} judged; this machine is ${slowness.toFixed(1)} times slower than alone`,
      );
      if (slowness < HELD_UP) expect(judged, `${what} judged`).to.be.at.least(Math.floor(all * LEAST_JUDGED));
    },
  };
}
