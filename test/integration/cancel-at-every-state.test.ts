import { expect } from 'chai';
import type { Fault } from '../../local/aws/bedrock/settings.ts';
import { terraformPath } from '../../local/stack.ts';
import { readTerraform } from '../../local/terraform/stack-description.ts';
import { levelsOf } from '../support/definition.ts';
import { engineEnd } from '../support/history.ts';
import { SEED, TIMES } from '../support/seed.ts';
import { isChosen } from '../support/stack/fault-proxy.ts';
import { messagesAbout } from '../support/stack/messages.ts';
import { eventually, type Goal, signIn, type User, useStack } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

type When = 'before its call' | 'after its call';

/** Stops a call of a state on its way: the first, or the first that does not fail. */
interface Hold {
  readonly state: string;
  readonly when: When;
  /** A state whose calls fail for good. */
  readonly failing: string | undefined;
  isTaken: boolean;
  readonly reached: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<void>;
  /** The call is over, whether or not the engine still wanted its answer. */
  readonly done: PromiseWithResolvers<void>;
}

/** What becomes of the five actions in a run that passes through a state; the rest are saved. */
interface Way {
  readonly faults: Readonly<Record<number, Fault>>;
  readonly failing?: string;
}
const ALL_BUT_THE_FIRST = { 1: 'denied', 2: 'denied', 3: 'denied', 4: 'denied' } as const;
const EVERY_ACTION = { ...ALL_BUT_THE_FIRST, 0: 'denied' } as const;
const ALL_SAVED: Way = { faults: {} };
/** The states that an ordinary run does not pass through, and what takes one there. */
const WAYS: Readonly<Record<string, Way>> = {
  ActionFailed: { faults: { 4: 'denied' } },
  NotifyPartial: { faults: { 4: 'denied' } },
  EscalatePartial: { faults: { 2: 'throttle', 3: 'throttle', 4: 'throttle' } },
  NotifyFailure: { faults: EVERY_ACTION },
  HandleError: { faults: {}, failing: 'AggregateResults' },
};
/** The calls that settle a run, and the states that only tell people of one that is settled. */
const SETTLES = new Set(['UpdateGoalStatus', 'HandleError']);
const TELLS = new Set(['NotifyPartial', 'EscalatePartial', 'NotifyFailure']);
/** States of these types are left in the moment they are entered: no run can be held there. */
const TAKES_NO_TIME = new Set(['Choice', 'Pass', 'Succeed', 'Fail']);

const levels = levelsOf(readTerraform(terraformPath('dev')).stateMachine.definition);
const typeOf = new Map(levels.flatMap(({ types }) => [...types]));
const named = (type: string) => [...typeOf].flatMap(([name, each]) => (each === type ? name : []));
const mapsAround = (state: string) => {
  const depth = levels.findIndex(({ types }) => types.has(state));
  return levels.slice(0, depth + 1).flatMap(({ map }) => map ?? []);
};

describe('a cancel at every state of the definition', function () {
  this.timeout(300_000);
  const holds = new Map<string, Hold>();
  /** What the AI does with an action, by its title. */
  const faults = new Map<string, Fault | undefined>();
  const stack = useStack(
    // A call may be held for 15 s before its state's 30 s are over.
    { TIME_SCALE: '0.5', AI_LATENCY_MS: '1-10', ...unkind(AI_SELDOM_FAILS) },
    {
      ai: {
        script: (action) => {
          const fault = faults.get(action);
          return fault && { fault };
        },
      },
      aroundTask: async ({ executionArn, stateName }, call) => {
        const hold = [...holds].find(([goalId]) => executionArn.includes(goalId))?.[1];
        if (hold?.failing === stateName)
          throw Object.assign(new Error('a fault of the test'), { name: 'PermanentError' });
        if (hold?.state !== stateName || hold.isTaken) return call();
        hold.isTaken = true;
        const stop = () => {
          hold.reached.resolve();
          return hold.released.promise;
        };
        if (hold.when === 'before its call') await stop();
        try {
          const answer = await call();
          if (hold.when === 'after its call') await stop();
          return answer;
        } catch (failure) {
          if (hold.when === 'after its call') hold.isTaken = false;
          throw failure;
        } finally {
          if (hold.isTaken) hold.done.resolve();
        }
      },
    },
  );
  let goals = 0;

  const setFaults = ({ actions }: Goal, wanted: Readonly<Record<number, Fault>>) => {
    for (const { title, position } of actions) faults.set(title, wanted[position]);
  };

  async function runToEnd(user: User, { goalId }: Goal): Promise<string> {
    const { status, body } = await user.start(goalId);
    expect(status).to.be.oneOf([202, 200]);
    await engineEnd(stack(), body.executionArn);
    return body.executionArn;
  }

  /** The goal with its tasks. */
  const kept = async (user: User, { goalId }: Goal) => {
    const { status } = await user.getGoal(goalId);
    return { status, tasks: await user.listTasks(goalId) };
  };

  /** Every action has its tasks: those from before as they were, the others of the last execution. */
  async function expectFinished(user: User, goal: Goal, last: string, earlier: readonly { taskId: string }[]) {
    const { status, tasks } = await kept(user, goal);
    expect(status).to.equal('active');
    expect(new Set(tasks.map(({ actionId }) => actionId)).size).to.equal(goal.actions.length);
    const others = tasks.filter(({ taskId }) => !earlier.some((each) => each.taskId === taskId));
    expect(tasks.filter((task) => !others.includes(task))).to.deep.equal(earlier);
    expect(new Set(others.map(({ executionArn }) => executionArn))).to.deep.equal(new Set([last]));
  }

  /** Cancels a run while it is in a state. @param isRetry whether the goal has tasks of its first action from before */
  async function cancelIn(state: string, when: When, isRetry: boolean): Promise<void> {
    goals += 1;
    const number = goals;
    const user = await signIn(stack().url, `cancel-${number}`, { isPatient: true });
    const goal = await user.createGoal([0, 1, 2, 3, 4].map((position) => `Walk ${position} of plan ${number}`));
    const way = WAYS[state] ?? ALL_SAVED;
    if (isRetry) {
      setFaults(goal, ALL_BUT_THE_FIRST);
      await runToEnd(user, goal);
    }
    const before = await kept(user, goal);
    expect(before.status).to.equal(isRetry ? 'partial' : 'draft');
    expect(before.tasks.length > 0).to.equal(isRetry);
    setFaults(goal, way.faults);
    const hold: Hold = {
      state,
      when,
      failing: way.failing,
      isTaken: false,
      reached: Promise.withResolvers(),
      released: Promise.withResolvers(),
      done: Promise.withResolvers(),
    };
    holds.set(goal.goalId, hold);
    const { executionArn } = (await user.start(goal.goalId)).body;
    await hold.reached.promise;
    // While Step Functions does not answer, history has what the record has.
    await eventually(async () => {
      const { states } = await user.historyOf(executionArn);
      const openStates = states.flatMap((each) => (each.stopDate === null ? each.state : []));
      expect(openStates).to.include.members([state, ...mapsAround(state)]);
    });

    const isSettled = TELLS.has(state) || (SETTLES.has(state) && when === 'after its call');
    const inState = isSettled ? await kept(user, goal) : before;
    const answer = await user.cancel(executionArn, `while in ${state}`);
    expect(answer.status).to.equal(isSettled ? 409 : 200);
    const cancelled = await user.getStatus(executionArn);
    if (!isSettled) {
      const stopped = { status: 'ABORTED', error: 'ABORT', cause: `while in ${state}` };
      expect(stack().stepFunctions.executions.describe(executionArn)).to.include(stopped);
      expect(cancelled).to.include({ status: 'ABORTED', progressPercentage: 100 });
      for (const each of cancelled.outcomes) expect(each.outcome).to.be.oneOf(['CANCELLED', 'FAILED']);
      expect(await user.cancel(executionArn, 'once more')).to.deep.include({ status: 200, body: cancelled });
    }
    expect(await kept(user, goal)).to.deep.equal(inState);

    // What was under way goes on: nothing of it may show.
    hold.released.resolve();
    await hold.done.promise;
    await engineEnd(stack(), executionArn);
    await until(() => stack().bedrock.concurrency.current === 0, 'all AI calls are over');
    expect(await kept(user, goal)).to.deep.equal(inState);
    expect(await user.getStatus(executionArn)).to.deep.equal(cancelled);
    const isAlertDue = isSettled && cancelled.status !== 'SUCCEEDED';
    expect(messagesAbout(stack(), executionArn)).to.have.length(isAlertDue ? 1 : 0);

    holds.delete(goal.goalId);
    setFaults(goal, {});
    const last = inState.status === 'active' ? executionArn : await runToEnd(user, goal);
    await expectFinished(user, goal, last, inState.status === 'active' ? before.tasks : inState.tasks);
  }

  for (const [index, state] of named('Task').entries()) {
    if (!isChosen(index)) continue;
    it(`${state}: leaves nothing of the run, or is refused once the run is settled; the next start completes`, async () => {
      // Whether a retry is cancelled before the call and a first run after it, or the other way: by the seed; `make soak` does both.
      const isRetry = (index + SEED) % 2 === 0;
      const ofBoth = (first: boolean) => [
        cancelIn(state, 'before its call', first),
        cancelIn(state, 'after its call', !first),
      ];
      await Promise.all([...ofBoth(isRetry), ...(TIMES > 1 ? ofBoth(!isRetry) : [])]);
    });
  }

  it('has had its turn in every state that takes time', () => {
    const inside = new Set(named('Task').flatMap(mapsAround));
    for (const [name, type] of typeOf) {
      if (type === 'Map') expect([...inside], name).to.include(name);
      else if (type !== 'Task') expect([...TAKES_NO_TIME], `${name} is a ${type}`).to.include(type);
    }
  });
});
