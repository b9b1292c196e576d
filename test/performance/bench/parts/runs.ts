import type { LocalStack } from '../../../../local/stack.ts';
import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { startInProcess } from '../support/in-process.ts';
import { ACTIONS, createGoal, LIKE_THE_DEMO, type Run, run, signInTo } from '../support/user.ts';

/** Actions of an execution that the AI works on at once: 3 batches of 8 (requirement 2). */
const AT_ONCE = 24;

/** What is measured: how long the AI takes for an action, and by how much a run may take longer than the AI alone. */
const ROWS = [{ latencyMs: 1000, mustReach: 1.06 }, { latencyMs: 100, mustReach: 1.6 }, { latencyMs: 10 }];

/** One user, one run at a time, on a stack like that of `make demo`: what the workflow adds to the time of the AI. */
export const runs: Part = {
  name: 'runs',
  async measure(effort) {
    await using started = await startInProcess({ AI_LATENCY_MS: '1' }, { inMemory: true });
    const { stack } = started;
    await runTimes(stack, effort.isQuick ? 1 : 3, () => {});
    const figures: Figure[] = [];
    for (const row of effort.isQuick ? ROWS.slice(1) : ROWS) figures.push(await measureRow(stack, effort, row));
    return figures;
  },
};

async function measureRow(
  stack: LocalStack,
  { times, progress }: Effort,
  { latencyMs, mustReach }: (typeof ROWS)[number],
): Promise<Figure> {
  stack.bedrock.configure({ latencyMs: String(latencyMs) });
  const ended = await runTimes(stack, times, (n) => progress(`run ${n} of ${times} at ${latencyMs} ms`));
  const limitMs = Math.ceil(ACTIONS / AT_ONCE) * latencyMs;
  const elapsedMs = median(ended.map((each) => each.elapsedMs));
  return {
    what: `${ACTIONS} actions at ${latencyMs >= 1000 ? `${latencyMs / 1000} s` : `${latencyMs} ms`}, start to end`,
    limit: `${(limitMs / 1000).toFixed(3)} s: the AI alone`,
    measured: `${(elapsedMs / 1000).toFixed(3)} s`,
    value: elapsedMs / limitMs,
    ...(mustReach === undefined ? {} : { mustReach }),
    details: ended.map((each) => each.elapsedMs),
  };
}

async function runTimes(stack: LocalStack, times: number, begin: (n: number) => void): Promise<Run[]> {
  const api = await signInTo(stack.url, 'bench');
  const ended: Run[] = [];
  for (let n = 1; n <= times; n += 1) {
    begin(n);
    const goalId = await createGoal(api);
    const each = await run(api, goalId, LIKE_THE_DEMO);
    if (each.saved !== ACTIONS) throw new Error(`${each.executionArn} saved ${each.saved} actions of ${ACTIONS}`);
    ended.push(each);
  }
  return ended;
}
