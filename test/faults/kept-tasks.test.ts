import { expect } from 'chai';
import { ALL_FAULTS } from '../../local/aws/aws-faults.ts';
import { Person } from '../support/person.ts';
import { SEED, TIMES } from '../support/seed.ts';
import { faultsOf, type ServiceCall, type Survived, useFaultyStack } from '../support/stack/fault-proxy.ts';
import { type Goal, type Started, signIn, type User } from '../support/stack/stack.ts';

/** Every run makes the same calls: of the faults of AWS, the one that leaves them as they are. */
const QUIET = { AWS_FAULTS: JSON.stringify({ wholeSeconds: ALL_FAULTS.wholeSeconds, seed: SEED }) };
/** Calls that only read get their faults in `make soak`. */
const isTried = ({ operation }: ServiceCall) => TIMES > 1 || !/^(Query|GetItem)$/.test(operation);

/** A goal of two actions, of which a first run has made the tasks of one, and whoever works with them. */
interface Scene {
  readonly user: User;
  readonly goal: Goal;
  readonly person: Person;
  readonly first: string;
}

interface Act {
  /** Before calls fail. */
  readonly prepare?: (scene: Scene) => Promise<unknown>;
  readonly act: (scene: Scene) => Promise<unknown>;
  /** Of the goal, then. */
  readonly status: string;
  /** Whether tasks of the goal's last execution are there then, besides those that the first one made. */
  readonly isMadeAgain?: boolean;
}

async function makeAgain({ user, goal: { goalId, actions } }: Scene): Promise<string> {
  await user.call<Started>('POST', `/api/goals/${goalId}/actions/${actions[0]?.actionId}/make-again`);
  return (await user.getGoal(goalId)).executionArn ?? '';
}

const ACTS: Readonly<Record<string, Act>> = {
  'a person changes them': {
    prepare: ({ user, first }) => user.cancel(first),
    act: async ({ person }) => {
      await person.check(0);
      await person.edit(0);
      await person.add(0);
      await person.remove(1);
    },
    status: 'partial',
  },
  'their run is cancelled': {
    act: ({ user, first }) => user.cancel(first),
    status: 'partial',
  },
  'their action is made again': {
    prepare: ({ user, first }) => user.cancel(first),
    act: async (scene) => scene.user.waitForEnd(await makeAgain(scene)),
    status: 'partial',
    isMadeAgain: true,
  },
};

describe("a fault in every call, one after the other, where a person's tasks are", function () {
  this.timeout(600_000);
  // Batches have 30 s: the hanging action must not be failed by their timeout, however slow the machine is.
  const { stack, plan } = useFaultyStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '5', ...QUIET }, { slowMs: 400 });
  let goals = 0;

  async function actOnce(
    { prepare, act, status, isMadeAgain }: Act,
    index: number | undefined,
    fault: Survived | undefined,
  ): Promise<readonly ServiceCall[]> {
    plan.arm();
    goals += 1;
    const user = await signIn(stack().url, `kept-${goals}`, { isPatient: true });
    const goal = await user.createGoal(['Walk 1 km', 'Walk 2 km [ai:hang]']);
    const first = (await user.start(goal.goalId)).body.executionArn;
    await user.waitFor(first, ({ processedActions }) => processedActions === 1);
    const person = new Person(user, goal);
    await person.check(0);
    const scene = { user, goal, person, first };
    await prepare?.(scene);
    plan.arm((call) => (call.index === index ? fault : undefined));
    await act(scene);
    const { calls } = plan;
    const where = `${fault} in call ${index}: ${JSON.stringify(calls[index ?? -1])}`;
    plan.arm();
    const tasks = await user.listTasks(goal.goalId);
    const counts = { taskCount: tasks.length, doneTaskCount: tasks.filter((task) => task.status === 'done').length };
    const after = await user.getGoal(goal.goalId);
    expect(after, where).to.include({ status, ...counts });
    person.expectKept(tasks);
    // A repetition that came after its end has made them once more.
    const makers = new Set(tasks.flatMap(({ executionArn }) => executionArn ?? []));
    expect([...makers], where).to.have.members(isMadeAgain ? [first, after.executionArn] : [first]);
    return calls;
  }

  for (const [what, act] of Object.entries(ACTS)) {
    it(`keeps them, whether the call fails, is slow or its answer is lost: ${what}`, async () => {
      const tried = (await actOnce(act, undefined, undefined)).filter(isTried);
      expect(tried.length).to.be.above(2);
      for (const [place, { index }] of tried.entries())
        for (const fault of faultsOf(place)) await actOnce(act, index, fault);
    });
  }
});
