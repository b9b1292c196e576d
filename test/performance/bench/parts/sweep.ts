import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRecord } from '../../../../local/settings.ts';
import { terraformPath } from '../../../../local/stack.ts';
import { type Figure, median, type Part } from '../figures.ts';
import { startInProcess } from '../support/in-process.ts';
import { ACTIONS, createGoal, run, signInTo } from '../support/user.ts';

/** Batches at a time × actions of a batch. */
const SHAPES = [
  [1, 8],
  [2, 8],
  [3, 8],
  [5, 8],
  [3, 4],
  [3, 16],
] as const;
/** Calls at once that the AI takes before it throttles: a run of 3 × 8, and a quarter more. */
const AI_CONCURRENCY = 30;
const LATENCY = '300-900';
const USERS = [1, 2];

/** Why 3 × 8: other shapes of requirement 2 against an AI that throttles what goes beyond its concurrency. SWEEP=1 alone runs it. */
export const sweep: Part = {
  name: 'sweep',
  async measure({ times, progress }) {
    const figures: Figure[] = [];
    for (const [batchesAtOnce, batchSize] of SHAPES) {
      for (const users of USERS) {
        progress(`${batchesAtOnce} × ${batchSize}, ${users} at once`);
        figures.push(await measureShape(batchesAtOnce, batchSize, users, Math.min(times, 3)));
      }
    }
    return figures;
  },
};

async function measureShape(batchesAtOnce: number, batchSize: number, users: number, times: number): Promise<Figure> {
  const stage = writeStage(batchesAtOnce, batchSize);
  let throttled = 0;
  /** Calls that the AI works on; none are counted while the stack warms up. */
  let callsNow = () => 0;
  try {
    await using started = await startInProcess(
      { AI_LATENCY_MS: LATENCY, STAGE: stage, MAX_RUNNING_EXECUTIONS: '100' },
      {
        ai: {
          script() {
            if (callsNow() <= AI_CONCURRENCY) return undefined;
            throttled += 1;
            const message = 'Too many requests, please wait before trying again.';
            return { error: { status: 429, type: 'ThrottlingException', message } };
          },
        },
        async aroundTask({ stateName }, call) {
          const answer = await call();
          return stateName === 'CreateBatches' && isRecord(answer)
            ? { ...answer, batches: cut(answer, batchSize) }
            : answer;
        },
      },
    );
    callsNow = () => started.stack.bedrock.concurrency.current;
    const elapsed: number[] = [];
    const failed: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const ended = await Promise.all(
        Array.from({ length: users }, async (_, user) => {
          const api = await signInTo(started.stack.url, `bench-${user}`);
          return run(api, await createGoal(api));
        }),
      );
      elapsed.push(Math.max(...ended.map(({ elapsedMs }) => elapsedMs)));
      failed.push(...ended.map((each) => each.failed));
    }
    const seconds = median(elapsed) / 1000;
    const most = Math.max(...failed);
    return {
      what: `${batchesAtOnce} × ${batchSize}, ${users} at once`,
      limit: `an AI that takes ${AI_CONCURRENCY} calls at once, ${LATENCY} ms each`,
      measured: `${seconds.toFixed(1)} s, ${Math.round(throttled / times)} throttled calls, ${most} of ${ACTIONS} failed`,
      value: seconds,
      details: { elapsed, failed, throttled },
    };
  } finally {
    rmSync(dirname(terraformPath(stage)), { recursive: true, force: true });
  }
}

/** Cuts the batches of CreateBatches anew. */
function cut({ batches }: Record<string, unknown>, size: number): unknown[][] {
  const actions: unknown[] = Array.isArray(batches) ? batches.flat() : [];
  return Array.from({ length: Math.ceil(actions.length / size) }, (_, batch) =>
    actions.slice(batch * size, (batch + 1) * size),
  );
}

/** Writes a stage like dev whose Maps have these limits. @returns its name */
function writeStage(batchesAtOnce: number, batchSize: number): string {
  const stage = `bench-${batchesAtOnce}x${batchSize}-${process.pid}`;
  const limits = [batchesAtOnce, batchSize];
  const text = readFileSync(terraformPath('dev'), 'utf8').replaceAll(
    /(\\"MaxConcurrency\\":)\d+/g,
    (_, name: string) => `${name}${limits.shift()}`,
  );
  mkdirSync(dirname(terraformPath(stage)), { recursive: true });
  writeFileSync(terraformPath(stage), text);
  return stage;
}
