import { bodyOf } from '@goal-activity/client/client.ts';
import { LocalStackModel, type Measured } from '../../../../scripts/simulate/local.ts';
import { readDefinition } from '../../../../scripts/simulate/model/execution.ts';
import { limitsOf } from '../../../../scripts/simulate/stage.ts';
import { type Figure, median, type Part } from '../figures.ts';
import { processTree } from '../support/process-tree.ts';
import { cpuWith, rush } from '../support/rush.ts';
import { type BenchStack, startBenchStack } from '../support/stack.ts';
import { ACTIONS, createGoal, run, signInTo } from '../support/user.ts';

const AI_MS = 100;
/** As often as a page asks. */
const POLL_MS = 1_000;
const STATUS_ANSWERS = 50;

/** Is what `make simulate`'s model predicts for this machine what happens on it? */
export const simulated: Part = {
  name: 'simulated',
  async measure({ isQuick, times, progress }) {
    const model = new LocalStackModel(limitsOf('dev'), readDefinition());
    await using stack = await startBenchStack({ AI_LATENCY_MS: String(AI_MS), MAX_RUNNING_EXECUTIONS: '1000' });
    const startMs = median(processTree(stack.pid).flatMap(({ pid, cpuMs }) => (pid === stack.pid ? [] : cpuMs)));
    for (let n = isQuick ? 1 : 5; n > 0; n -= 1) await rush(stack, 1, `warm-${n}`, POLL_MS);
    const figures: Figure[] = [];
    // Of all rounds together: a single run is a matter of luck.
    const alone: Alone = { runMs: [], statusMs: [] };
    for (const users of isQuick ? [3] : [20, 50]) {
      const rounds: Round[] = [];
      for (let n = 1; n <= times; n += 1) {
        progress(`${users} users, measured and predicted, ${n} of ${times}`);
        await calibrate(stack, alone, `${users}-${n}`, isQuick ? 1 : 5);
        const calibrated = { runMs: median(alone.runMs), statusMs: median(alone.statusMs), startMs };
        const { elapsedMs, cores } = await rush(stack, users, `rush-${users}-${n}`, POLL_MS);
        const predictedMs = model.predict(cores, calibrated, { users, actions: ACTIONS, aiMs: AI_MS });
        rounds.push({ ...calibrated, cores, elapsedMs, predictedMs });
      }
      figures.push(figureOf(users, rounds));
    }
    return figures;
  },
};

interface Round extends Measured {
  readonly cores: number;
  readonly elapsedMs: number;
  readonly predictedMs: number;
}

/** What runs take of the machine when they are alone, and what status answers do; milliseconds of a core. */
interface Alone {
  readonly runMs: number[];
  readonly statusMs: number[];
}

async function calibrate(stack: BenchStack, { runMs, statusMs }: Alone, name: string, runs: number): Promise<void> {
  const api = await signInTo(stack.url, name);
  const { executionArn } = await run(api, await createGoal(api), POLL_MS);
  const before = cpuWith(stack);
  for (let n = 0; n < STATUS_ANSWERS; n += 1)
    await bodyOf(api.GET('/api/workflows/{executionArn}/status', { params: { path: { executionArn } } }));
  statusMs.push((cpuWith(stack) - before) / STATUS_ANSWERS);
  for (let n = 0; n < runs; n += 1) {
    const alone = await rush(stack, 1, `${name}-${n}`, POLL_MS);
    // It asks at once, and then every second until it has ended.
    runMs.push(alone.cpuMs - median(statusMs) * (1 + Math.ceil(alone.elapsedMs / POLL_MS)));
  }
}

function figureOf(users: number, rounds: readonly Round[]): Figure {
  const [predicted, measured] = [rounds.map((each) => each.predictedMs), rounds.map((each) => each.elapsedMs)].map(
    median,
  );
  return {
    what: `${users} users × ${ACTIONS} actions at once, ${AI_MS} ms: predicted by the model of make simulate`,
    limit: `${((measured ?? 0) / 1000).toFixed(1)} s measured`,
    measured: `${((predicted ?? 0) / 1000).toFixed(1)} s predicted`,
    value: median(rounds.map(({ predictedMs, elapsedMs }) => Math.abs(predictedMs / elapsedMs - 1))),
    mustReach: 0.2,
    details: rounds,
  };
}
