import { randomInt } from 'node:crypto';
import { median, type Part } from '../figures.ts';
import { startInProcess } from '../support/in-process.ts';
import { limitOf } from '../support/limit.ts';
import { ACTIONS, createGoal, LIKE_THE_DEMO, run, signInTo } from '../support/user.ts';

const [LEAST_MS, MOST_MS] = [500, 1500];

/** Runs whose AI takes another time for each action, beside what the rule "batches of 8, 3 at a time" takes with those very times. */
export const uneven: Part = {
  name: 'uneven',
  async measure({ isQuick, times, progress }) {
    /** Of the run, by position. */
    let latencies: number[] = [];
    const draw = () => Array.from({ length: ACTIONS }, () => randomInt(LEAST_MS, MOST_MS + 1) / (isQuick ? 10 : 1));
    const positionOf = (title: string) => Number(/\d+/.exec(title)?.[0]) - 1;
    const script = (title: string) => ({ latencyMs: latencies[positionOf(title)] ?? 0 });
    await using started = await startInProcess({}, { ai: { script } });
    const api = await signInTo(started.stack.url, 'bench');
    const measured: { elapsedMs: number; limitMs: number }[] = [];
    for (let n = 1; n <= times; n += 1) {
      progress(`run ${n} of ${times}`);
      latencies = draw();
      const { elapsedMs } = await run(api, await createGoal(api), LIKE_THE_DEMO);
      measured.push({ elapsedMs, limitMs: limitOf(latencies) });
    }
    const value = median(measured.map(({ elapsedMs, limitMs }) => elapsedMs / limitMs));
    const middle = measured.find(({ elapsedMs, limitMs }) => elapsedMs / limitMs === value);
    return [
      {
        what: `${ACTIONS} actions at ${LEAST_MS}–${MOST_MS} ms`,
        limit: `${((middle?.limitMs ?? 0) / 1000).toFixed(3)} s: batches of 8, 3 at a time, with the times that were drawn`,
        measured: `${((middle?.elapsedMs ?? 0) / 1000).toFixed(3)} s`,
        value,
        mustReach: 1.08,
        details: measured,
      },
    ];
  },
};
