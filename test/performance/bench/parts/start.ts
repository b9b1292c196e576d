import { setTimeout as sleep } from 'node:timers/promises';
import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { memoryOf, processTree, untilAtRest } from '../support/process-tree.ts';
import { startBenchStack } from '../support/stack.ts';
import { ACTIONS, createGoal, run, signInTo } from '../support/user.ts';

const READY_S = 1.0;
const MEMORY_MB = 400;
/** Between making a goal and pressing the button. */
const LOOKING_MS = 1_000;

interface Start {
  readonly readySeconds: number;
  readonly restMb: number;
  readonly restProcesses: number;
  /** From the press of the button to the end, of the first run and of the one after it. */
  readonly firstRunMs: number;
  readonly secondRunMs: number;
  readonly inUseMb: number;
}

/** One start on a new folder: key, tables and sample goal are made in it, too. */
async function startOnce(): Promise<Start> {
  const startedAt = performance.now();
  await using stack = await startBenchStack({ AI_LATENCY_MS: '100' });
  const { url, pid } = stack;
  const readySeconds = (performance.now() - startedAt) / 1000;
  await untilAtRest(pid);
  const [restMb, restProcesses] = [memoryOf(pid), processTree(pid).length];
  await fetch(url);
  const api = await signInTo(url, 'me');
  const runMs: number[] = [];
  for (const _ of ['first', 'second']) {
    const goalId = await createGoal(api);
    await sleep(LOOKING_MS);
    runMs.push((await run(api, goalId)).elapsedMs);
  }
  await untilAtRest(pid);
  const [firstRunMs = Number.NaN, secondRunMs = Number.NaN] = runMs;
  return { readySeconds, restMb, restProcesses, firstRunMs, secondRunMs, inUseMb: memoryOf(pid) };
}

/**
 * Starts what `make start` runs, built and with Node's compile cache, again and again: the time to its line "goal-activity
 * runs at", and its memory once it is at rest, nobody having used it. What the first run pays for processes that start when
 * they are needed, and the memory that they take then, is shown beside it: of somebody who opens the page, makes a goal and
 * presses the button a second later.
 */
export const start: Part = {
  name: 'start',
  async measure({ isQuick, times, progress }: Effort): Promise<Figure[]> {
    // One that does not count: Node writes its compile cache.
    if (!isQuick) await startOnce();
    const starts: Start[] = [];
    for (let count = 1; count <= times; count += 1) {
      progress(`start ${count} of ${times}`);
      starts.push(await startOnce());
    }
    const of = (read: (each: Start) => number) => median(starts.map(read));
    const seconds = of(({ readySeconds }) => readySeconds);
    const restMb = of((each) => each.restMb);
    const ratio = of(({ firstRunMs, secondRunMs }) => firstRunMs / secondRunMs);
    const mb = (value: number) => `${Math.round(value)} MB`;
    const ms = (value: number) => `${Math.round(value)} ms`;
    return [
      {
        what: '`make start` to ready, built',
        limit: '1 s',
        measured: `${seconds.toFixed(2)} s`,
        value: seconds,
        mustReach: READY_S,
        details: starts,
      },
      {
        what: 'memory of the stack at rest (PSS)',
        limit: mb(MEMORY_MB),
        measured: `${mb(restMb)}, ${of(({ restProcesses }) => restProcesses)} processes; in use ${mb(of((each) => each.inUseMb))}`,
        value: restMb,
        mustReach: MEMORY_MB,
      },
      {
        what: `the first run after a start, ${ACTIONS} actions at 100 ms`,
        limit: `the second: ${ms(of(({ secondRunMs }) => secondRunMs))}`,
        measured: ms(of(({ firstRunMs }) => firstRunMs)),
        value: ratio,
      },
    ];
  },
};
