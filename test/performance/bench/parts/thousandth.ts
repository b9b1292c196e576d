import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { signIn, timed, withFolder, withStack } from '../stack-process.ts';

const MUST_REACH = 1.1;
/** Few, with an AI that answers at once: a run is then the stack's own work. */
const ACTIONS = 4;
/** Runs before and after the one that is named. */
const AROUND = 2;
/** People at work at a time while runs are only made. */
const HANDS = 4;
const EARLY = 10;

type User = Awaited<ReturnType<typeof signIn>>;

/** One run of a new goal. @returns milliseconds until the start was answered, and until the end */
async function runOnce(user: User) {
  const goalId = await user.createGoal(ACTIONS);
  const startedAt = performance.now();
  const { ms: startMs, result: executionArn } = await timed(() => user.start(goalId));
  await user.untilSucceeded(executionArn);
  return { startMs, runMs: performance.now() - startedAt };
}

/**
 * Compares runs 998 to 1,002 on one DATA_DIR with runs 8 to 12, all of one person and each of a new goal, by the median of the five: the
 * answer to the start, and the whole run. The runs in between are of the same kind, several at a time; before each five, two
 * alone, which do not count.
 */
export const thousandth: Part = {
  name: 'thousandth',
  measure: ({ isQuick, progress }: Effort) =>
    withFolder((DATA_DIR) =>
      withStack({ DATA_DIR, AI_LATENCY_MS: '1', MAX_RUNNING_EXECUTIONS: '100' }, async ({ url }): Promise<Figure[]> => {
        const late = isQuick ? 30 : 1000;
        const user = await signIn(url, 'me');
        let count = 0;
        /** @returns the runs around one, each alone */
        const around = async (middle: number) => {
          const isWithin = () => count < middle - AROUND - 1;
          await Promise.all(
            Array.from({ length: HANDS }, async () => {
              while (isWithin() && count < middle - AROUND - 3) {
                count += 1;
                if (count % 50 === 0) progress(`run ${count} of ${late}`);
                await runOnce(user);
              }
            }),
          );
          for (; isWithin(); count += 1) await runOnce(user);
          const runs = [];
          for (; count < middle + AROUND; count += 1) runs.push(await runOnce(user));
          return runs;
        };
        const early = await around(EARLY);
        const runs = await around(late);
        return (['startMs', 'runMs'] as const).map((part) => {
          const [before, after] = [early, runs].map((each) => median(each.map((run) => run[part]))) as [number, number];
          return {
            what: `the ${late.toLocaleString('en')}th run on one \`DATA_DIR\`, ${part === 'startMs' ? 'its start' : 'start to end'}`,
            limit: `the ${EARLY}th: ${before.toFixed(1)} ms`,
            measured: `${after.toFixed(1)} ms`,
            value: after / before,
            mustReach: MUST_REACH,
            details: { early, late: runs },
          };
        });
      }),
    ),
};
