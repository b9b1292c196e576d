import { type Figure, median, type Part } from '../figures.ts';
import { OLD_COMMIT, oldCheckout } from '../support/old-commit.ts';
import { type BenchStack, startBenchStack } from '../support/stack.ts';
import { createGoal, LIKE_THE_DEMO, run, signInTo } from '../support/user.ts';

const LATENCY = '100';
/** Processor time is counted in ticks of 10 ms a process: a measurement takes several runs. */
const RUNS_A_MEASUREMENT = 5;

/** Processor time of a run over all processes of the stack, beside the same of an older commit. */
export const processor: Part = {
  name: 'processor',
  async measure({ isQuick, times, progress }) {
    const folder = isQuick ? undefined : await oldCheckout(progress);
    await using now = await startBenchStack({ AI_LATENCY_MS: LATENCY });
    await using old = folder === undefined ? undefined : await startBenchStack({ AI_LATENCY_MS: LATENCY }, folder);
    const stacks = [now, ...(old === undefined ? [] : [old])];
    // What is compiled after some runs costs less from then on.
    for (const stack of stacks) await cpuOfRun(stack, isQuick ? 1 : 2 * RUNS_A_MEASUREMENT);
    const measured = new Map<BenchStack, number[]>(stacks.map((stack) => [stack, []]));
    for (let n = 1; n <= times; n += 1) {
      progress(`processor time, ${n} of ${times}`);
      for (const [stack, values] of measured) values.push(await cpuOfRun(stack, isQuick ? 1 : RUNS_A_MEASUREMENT));
    }
    const [nowMs, oldMs] = stacks.map((stack) => median(measured.get(stack) ?? []));
    return [figureOf(nowMs ?? Number.NaN, oldMs, [...measured.values()])];
  },
};

function figureOf(nowMs: number, oldMs: number | undefined, details: unknown): Figure {
  const common = {
    what: 'CPU of all processes for one run of 64 actions',
    measured: `${Math.round(nowMs)} ms`,
    details,
  };
  if (oldMs === undefined) return { ...common, limit: `commit ${OLD_COMMIT} (not measured)`, value: nowMs };
  return {
    ...common,
    limit: `${Math.round(oldMs)} ms: commit ${OLD_COMMIT}, side by side`,
    value: nowMs / oldMs,
    mustReach: 0.65,
  };
}

/** @returns milliseconds of processor time that the stack uses for a run, its requests included: the mean of some */
async function cpuOfRun(stack: BenchStack, count: number): Promise<number> {
  const api = await signInTo(stack.url, 'bench');
  const goalIds: string[] = [];
  for (let n = 0; n < count; n += 1) goalIds.push(await createGoal(api));
  const before = stack.cpuMs();
  for (const goalId of goalIds) await run(api, goalId, LIKE_THE_DEMO);
  return (stack.cpuMs() - before) / count;
}
