import { setTimeout as sleep } from 'node:timers/promises';
import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { memoryMb, processTree, untilAtRest } from '../process-tree.ts';
import { signIn, timed, withFolder, withStack } from '../stack-process.ts';

const READY_S = 1.0;
const MEMORY_MB = 400;
const ACTIONS = 64;
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
const startOnce = () =>
  withFolder(async (DATA_DIR): Promise<Start> => {
    const startedAt = performance.now();
    return withStack({ DATA_DIR, AI_LATENCY_MS: '100' }, async ({ url, process: { pid = 0 } }) => {
      const readySeconds = (performance.now() - startedAt) / 1000;
      await untilAtRest(pid);
      const atRest = processTree(pid);
      const restMb = memoryMb(atRest);
      await fetch(url);
      const user = await signIn(url, 'me');
      const run = async () => {
        const goalId = await user.createGoal(ACTIONS);
        await sleep(LOOKING_MS);
        return (await timed(async () => user.untilSucceeded(await user.start(goalId)))).ms;
      };
      const firstRunMs = await run();
      const secondRunMs = await run();
      await untilAtRest(pid);
      const inUseMb = memoryMb(processTree(pid));
      return { readySeconds, restMb, restProcesses: atRest.length, firstRunMs, secondRunMs, inUseMb };
    });
  });

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
