import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { signIn, timed, withFolder, withStack } from '../stack-process.ts';

const MUST_REACH = 1.1;
/** Few, with an AI that answers at once: a run is then the stack's own work. */
const ACTIONS = 4;
const EARLY = 10;
const LATE = { thorough: 1000, quick: 20 } as const;
/** Runs of a new process that do not count, since its code is not compiled yet, and those that do: the one that is named is in their middle. */
const WARM_UP = 5;
const MEASURED = 9;
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

/** Starts the stack on a folder, for one person. */
const withUser = <Result>(DATA_DIR: string, use: (user: User) => Promise<Result>): Promise<Result> =>
  withStack({ DATA_DIR, AI_LATENCY_MS: '1', MAX_RUNNING_EXECUTIONS: '100' }, async ({ url }) =>
    use(await signIn(url, 'me')),
  );

/** Runs that are only there to be there. */
async function fill(user: User, count: number, progress: (text: string) => void): Promise<void> {
  let begun = 0;
  const hand = async () => {
    while (begun < count) {
      begun += 1;
      if (begun % 50 === 0) progress(`run ${begun} of ${count}`);
      await runOnce(user);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
}

/** The runs of two people in turns, without the first ones of each. */
async function inTurns(users: readonly User[]): Promise<Run[][]> {
  const runs: Run[][] = users.map(() => []);
  for (let count = 0; count < WARM_UP + MEASURED; count += 1)
    for (const [index, user] of users.entries()) runs[index]?.push(await runOnce(user));
  return runs.map((each) => each.slice(WARM_UP));
}

/**
 * Compares runs 996 to 1,004 on one DATA_DIR with runs 6 to 14 on another, in turns, each of a new goal of one person: by their
 * medians, the answer to the start, and the whole run. Both stacks are five runs old then. The runs before are of the same kind,
 * four at a time.
 */
export const thousandth: Part = {
  name: 'thousandth',
  measure: ({ isQuick, progress }: Effort) =>
    withFolder((lateFolder) =>
      withFolder(async (earlyFolder): Promise<Figure[]> => {
        const late = isQuick ? LATE.quick : LATE.thorough;
        await withUser(lateFolder, (user) => fill(user, late - EARLY, progress));
        const [ofLate = [], ofEarly = []] = await withUser(lateFolder, (one) =>
          withUser(earlyFolder, (other) => inTurns([one, other])),
        );
        const compare = (what: string, part: keyof Run): Figure => {
          const of = (runs: readonly Run[]) => median(runs.map((run) => run[part]));
          return {
            what: `the ${late.toLocaleString('en')}th run on one \`DATA_DIR\`, ${what}`,
            limit: `the ${EARLY}th: ${of(ofEarly).toFixed(0)} ms`,
            measured: `${of(ofLate).toFixed(0)} ms`,
            value: of(ofLate) / of(ofEarly),
            mustReach: MUST_REACH,
            details: { early: ofEarly, late: ofLate },
          };
        };
        return [compare('its start answered', 'startMs'), compare('start to end', 'runMs')];
      }),
    ),
};
