import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { startBenchStack, temporaryFolder } from '../support/stack.ts';
import { timed } from '../support/timed.ts';
import { createGoal, press, signInTo, untilEnded } from '../support/user.ts';

const MUST_REACH = 1.1;
/** Few, with an AI that answers at once: a run is then the stack's own work. */
const ACTIONS = 4;
const EARLY = 10;
const LATE = { thorough: 1000, quick: 12 } as const;
/** Runs of a new process that do not count, since its code is not compiled yet, and those that do: the one that is named is in their middle. */
const TURNS = { thorough: { warmUp: 5, measured: 9 }, quick: { warmUp: 1, measured: 3 } } as const;
/** Runs at a time of those that are only there to be there. */
const AT_ONCE = 4;
const POLL_MS = 10;

type User = Awaited<ReturnType<typeof signInTo>>;
type Run = Awaited<ReturnType<typeof runOnce>>;

/** One run of a new goal. @returns milliseconds until the start was answered, and until the end */
async function runOnce(user: User) {
  const goalId = await createGoal(user, ACTIONS);
  const startedAt = performance.now();
  const { ms: startMs, result: executionArn } = await timed(() => press(user, goalId));
  const { status } = await untilEnded(user, executionArn, POLL_MS);
  if (status !== 'SUCCEEDED') throw new Error(`the run that is measured ended as ${status}`);
  return { startMs, runMs: performance.now() - startedAt };
}

const SETTINGS = { AI_LATENCY_MS: '1', MAX_RUNNING_EXECUTIONS: '100' };

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
async function inTurns(
  users: readonly User[],
  { warmUp, measured }: (typeof TURNS)['thorough' | 'quick'],
): Promise<Run[][]> {
  const runs: Run[][] = users.map(() => []);
  for (let count = 0; count < warmUp + measured; count += 1)
    for (const [index, user] of users.entries()) runs[index]?.push(await runOnce(user));
  return runs.map((each) => each.slice(warmUp));
}

/**
 * Compares runs 996 to 1,004 on one DATA_DIR with runs 6 to 14 on another, in turns, each of a new goal of one person: by their
 * medians, the answer to the start, and the whole run. Both stacks are five runs old then. The runs before are of the same kind,
 * four at a time.
 */
export const thousandth: Part = {
  name: 'thousandth',
  async measure({ isQuick, progress }: Effort) {
    using lateFolder = temporaryFolder();
    const late = isQuick ? LATE.quick : LATE.thorough;
    {
      await using stack = await startBenchStack({ ...SETTINGS, DATA_DIR: lateFolder.path });
      await fill(await signInTo(stack.url, 'me'), late - EARLY, progress);
    }
    await using one = await startBenchStack({ ...SETTINGS, DATA_DIR: lateFolder.path });
    await using other = await startBenchStack(SETTINGS);
    const users = [await signInTo(one.url, 'me'), await signInTo(other.url, 'me')];
    const [ofLate = [], ofEarly = []] = await inTurns(users, TURNS[isQuick ? 'quick' : 'thorough']);
    return (['startMs', 'runMs'] as const).map((part): Figure => {
      const of = (runs: readonly Run[]) => median(runs.map((run) => run[part]));
      return {
        what: `the ${late.toLocaleString('en')}th run on one \`DATA_DIR\`, ${part === 'startMs' ? 'its start answered' : 'start to end'}`,
        limit: `the ${EARLY}th: ${of(ofEarly).toFixed(0)} ms`,
        measured: `${of(ofLate).toFixed(0)} ms`,
        value: of(ofLate) / of(ofEarly),
        mustReach: MUST_REACH,
        details: { early: ofEarly, late: ofLate },
      };
    });
  },
};
