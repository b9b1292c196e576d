import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { signIn, timed, withFolder, withStack } from '../stack-process.ts';

const MUST_REACH = 1.1;
/** Few, with an AI that answers at once: a run is then the stack's own work. */
const ACTIONS = 4;
const EARLY = 10;
const LATE = { thorough: 1000, quick: 30 } as const;
/** Runs that are measured, the one that is named in the middle. */
const FIVE = 5;
/** Runs of a new process before those, which do not count: its code is not compiled yet. */
const WARM_UP = 5;
/** Runs at a time of those that are only there to be there. */
const AT_ONCE = 4;

type User = Awaited<ReturnType<typeof signIn>>;
type Run = Awaited<ReturnType<typeof runOnce>>;

/** One run of a new goal. @returns milliseconds until the start was answered, and until the end */
async function runOnce(user: User) {
  const goalId = await user.createGoal(ACTIONS);
  const startedAt = performance.now();
  const { ms: startMs, result: executionArn } = await timed(() => user.start(goalId));
  await user.untilSucceeded(executionArn);
  return { startMs, runMs: performance.now() - startedAt };
}

/** Starts the stack on a folder and signs one person in. @returns what was done with it, and milliseconds until it was ready */
async function withUser<Result>(DATA_DIR: string, use: (user: User) => Promise<Result>) {
  const startedAt = performance.now();
  return withStack({ DATA_DIR, AI_LATENCY_MS: '1', MAX_RUNNING_EXECUTIONS: '100' }, async ({ url }) => {
    const readyMs = performance.now() - startedAt;
    return { readyMs, result: await use(await signIn(url, 'me')) };
  });
}

/** Runs that are only there to be there. */
const fill = (dataDir: string, count: number, note: () => void) =>
  withUser(dataDir, async (user) => {
    let left = count;
    const hand = async () => {
      for (; left > 0; note()) {
        left -= 1;
        await runOnce(user);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, hand));
  });

/** The runs that are measured, one after the other, in a process that is a few runs old. */
const measureRuns = (dataDir: string) =>
  withUser(dataDir, async (user) => {
    const runs: Run[] = [];
    for (let count = 0; count < WARM_UP + FIVE; count += 1) runs.push(await runOnce(user));
    return runs.slice(WARM_UP);
  });

/**
 * Compares runs 998 to 1,002 on one DATA_DIR with runs 8 to 12, each of a new goal of one person, by the median of the five:
 * the answer to the start, and the whole run. Both fives are made in a process of the same age, five runs old; how long that
 * took to be ready is compared as well. The runs in between are of the same kind, four at a time.
 */
export const thousandth: Part = {
  name: 'thousandth',
  measure: ({ isQuick, progress }: Effort) =>
    withFolder(async (dataDir): Promise<Figure[]> => {
      const late = isQuick ? LATE.quick : LATE.thorough;
      let made = 0;
      /** Runs up to those that are measured around one, and these. */
      const around = async (middle: number) => {
        const before = middle - Math.ceil(FIVE / 2) - WARM_UP - made;
        await fill(dataDir, before, () => {
          made += 1;
          if (made % 50 === 0) progress(`run ${made} of ${late}`);
        });
        const { readyMs, result } = await measureRuns(dataDir);
        made += WARM_UP + FIVE;
        const medianOf = (read: (run: Run) => number) => median(result.map(read));
        return { readyMs, startMs: medianOf((run) => run.startMs), runMs: medianOf((run) => run.runMs), runs: result };
      };
      const [early, last] = [await around(EARLY), await around(late)];
      const figure = (what: string, part: 'startMs' | 'runMs' | 'readyMs', mustReach?: number): Figure => ({
        what: `the ${late.toLocaleString('en')}th run on one \`DATA_DIR\`: ${what}`,
        limit: `the ${EARLY}th: ${early[part].toFixed(0)} ms`,
        measured: `${last[part].toFixed(0)} ms`,
        value: last[part] / early[part],
        ...(mustReach === undefined ? {} : { mustReach }),
        details: { early: early.runs, late: last.runs },
      });
      return [
        figure('start answered', 'startMs', MUST_REACH),
        figure('start to end', 'runMs', MUST_REACH),
        figure('the stack ready before it', 'readyMs'),
      ];
    }),
};
