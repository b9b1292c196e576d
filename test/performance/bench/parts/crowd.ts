import { availableParallelism } from 'node:os';
import { type Figure, median, type Part } from '../figures.ts';
import { type Rush, rush } from '../support/rush.ts';
import { startBenchStack } from '../support/stack.ts';
import { ACTIONS } from '../support/user.ts';

const LATENCY = '100';
/** Many users press the button at once. */
export const crowd: Part = {
  name: 'crowd',
  async measure({ isQuick, times, progress }) {
    const users = isQuick ? 3 : 50;
    await using stack = await startBenchStack({ AI_LATENCY_MS: LATENCY, MAX_RUNNING_EXECUTIONS: '1000' });
    for (let n = isQuick ? 1 : 5; n > 0; n -= 1) await rush(stack, 1, `warm-${n}`);
    const single: number[] = [];
    const many: Rush[] = [];
    const twenty: Rush[] = [];
    for (let n = 1; n <= times; n += 1) {
      progress(`${users} users at once, ${n} of ${times}`);
      for (let one = 0; one < (isQuick ? 1 : 3); one += 1) single.push((await rush(stack, 1, `one-${n}-${one}`)).cpuMs);
      many.push(await rush(stack, users, `many-${n}`));
      if (!isQuick) twenty.push(await rush(stack, 20, `twenty-${n}`));
    }
    return [...figuresOf(many, median(single), users), ...(isQuick ? [] : [figureOfTwenty(twenty)])];
  },
};

function figuresOf(many: readonly Rush[], cpuOfOne: number, users: number): Figure[] {
  const cores = availableParallelism();
  const limitMs = (cpuOfOne * users) / cores;
  const elapsedMs = median(many.map((each) => each.elapsedMs));
  const failed = Math.max(...many.map((each) => each.failed));
  const what = `${users} users × ${ACTIONS} actions at once, ${LATENCY} ms`;
  return [
    {
      what: `${what}: time`,
      limit: `${(limitMs / 1000).toFixed(1)} s: CPU of a run alone (${Math.round(cpuOfOne)} ms) × ${users} ÷ ${cores} cores`,
      measured: `${(elapsedMs / 1000).toFixed(1)} s, ${Math.round((users * ACTIONS * 1000) / elapsedMs)} actions a second`,
      value: elapsedMs / limitMs,
      mustReach: 1.15,
      details: many,
    },
    { what: `${what}: failed actions`, limit: '0', measured: String(failed), value: failed, mustReach: 0 },
  ];
}

const figureOfTwenty = (rounds: readonly Rush[]): Figure => ({
  what: `20 users × ${ACTIONS} actions at once, ${LATENCY} ms`,
  limit: '4 to 5.5 s: a durable-execution server without API and sign-in',
  measured: `${(median(rounds.map(({ elapsedMs }) => elapsedMs)) / 1000).toFixed(1)} s, ${Math.max(...rounds.map(({ failed }) => failed))} failed`,
  value: median(rounds.map(({ elapsedMs }) => elapsedMs)) / 1000,
  details: rounds,
  mustReach: 5.5,
});
