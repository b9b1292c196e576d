import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { CASES, checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { type Fault, useFaultyStack } from '../support/stack/fault-proxy.ts';
import { Person } from '../support/stack/person.ts';
import { type Goal, retryPath, type Started, signIn, type Task, type User } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';

/** What writes tasks, or removes them, and may die while it does. */
const LAMBDAS = ['goals', 'start-workflow', 'save-tasks', 'cancel-workflow', 'update-goal-status'] as const;
const RUNS = ['start', 'again', 'cancel', 'retry'] as const;
const CHANGES = ['check', 'edit', 'add', 'remove'] as const;
type Run = (typeof RUNS)[number];
type Move = Run | (typeof CHANGES)[number];
const isRun = (move: Move): move is Run => RUNS.some((run) => run === move);

/** Cases at the same time: they mostly wait. */
const AT_A_TIME = 5;

const options = { noNullPrototype: true } as const;
const move = fc.record(
  {
    do: fc.constantFrom<Move[]>(...RUNS, ...CHANGES, 'check', 'again'),
    /** Milliseconds after the start. */
    at: fc.integer({ min: 0, max: 150 }),
    /** Which action or task, among those that there are. */
    pick: fc.nat(20),
  },
  options,
);
const crash = fc.record(
  {
    of: fc.constantFrom(...LAMBDAS),
    /** Counted for each Lambda. */
    call: fc.nat(8),
    how: fc.constantFrom<Fault[]>('crash before', 'crash after', 'lost', 'fail'),
  },
  options,
);
const cases = fc.record(
  {
    /** For each action, whether the AI refuses it. */
    denied: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    /** Whether all that begins once a first run has ended, so that there are tasks from before. */
    isLater: fc.boolean(),
    moves: fc.array(move, { minLength: 3, maxLength: 9 }),
    crashes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(crash, { minLength: 1, maxLength: 3 }) },
    ),
  },
  options,
);
type Case = typeof cases extends fc.Arbitrary<infer Drawn> ? Drawn : never;

describe('a person who changes tasks while they are made, made again and taken back', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const environment = { TIME_SCALE: '0.02', AI_LATENCY_MS: '5-40', ...unkind() };
  const { stack, plan } = useFaultyStack(environment, { slowMs: 0, lambdas: LAMBDAS });
  let goals = 0;

  /** Of all cases that run: the calls that are to fail, each with how many calls of its Lambda come before it. */
  const crashes = new Set<{ readonly of: string; left: number; readonly how: Fault }>();
  before(() =>
    plan.arm(({ lambdaName }) => {
      const awaited = [...crashes].filter(({ of }) => of === lambdaName);
      const due = awaited.find(({ left }) => left === 0);
      for (const each of awaited) each.left -= 1;
      if (due !== undefined) crashes.delete(due);
      return due?.how;
    }),
  );

  /** Starts, cancels or retries; what is refused is refused. */
  async function makeRun(user: User, { goalId, actions }: Goal, what: Run, pick: number): Promise<void> {
    const { executionArn } = await user.getGoal(goalId);
    if (what === 'start') await user.call<Started>('POST', `/api/goals/${goalId}/start-activity`);
    const actionId = actions[pick % actions.length]?.actionId;
    if (what === 'again') await user.call<Started>('POST', `/api/goals/${goalId}/actions/${actionId}/make-again`);
    if (executionArn === null) return;
    if (what === 'cancel') await user.cancel(executionArn);
    if (what === 'retry') await user.call<Started>('POST', retryPath(executionArn));
  }

  /** Until nothing works on the goal any more. */
  async function settled(user: User, goalId: string): Promise<Goal> {
    for (const giveUpAt = performance.now() + 60_000; performance.now() < giveUpAt; ) {
      const { status, executionArn } = await user.getGoal(goalId);
      if (status !== 'processing') break;
      if (executionArn !== null) await user.waitForEnd(executionArn);
    }
    await plan.idle();
    return user.getGoal(goalId);
  }

  /** What no run, cancel, retry or repetition may break. */
  async function expectTrue(user: User, goal: Goal, tasks: readonly Task[], hasRemoved: boolean): Promise<void> {
    const done = tasks.filter(({ status }) => status === 'done').length;
    expect([goal.taskCount, goal.doneTaskCount], 'counts').to.deep.equal([tasks.length, done]);
    const made = tasks.filter(({ executionArn }) => executionArn !== null);
    for (const { actionId } of goal.actions) {
      const untouched = made.filter((task) => task.actionId === actionId && task.changedAt === null);
      const executions = [...new Set(untouched.map(({ executionArn }) => executionArn ?? ''))];
      expect(executions.length, `executions that have made tasks of ${actionId}`).to.be.at.most(1);
      for (const executionArn of executions) {
        const { status, outcomes } = await user.getStatus(executionArn);
        const { taskCount = 0 } = outcomes.find((each) => each.actionId === actionId) ?? {};
        expect(status, 'a cancelled execution leaves nothing').to.not.equal('ABORTED');
        expect(untouched.length, 'no more than it says').to.be.at.most(taskCount);
      }
    }
    const withTasks = new Set(made.map(({ actionId }) => actionId)).size;
    const some = withTasks === goal.actions.length ? ['active'] : withTasks > 0 ? ['partial'] : ['draft', 'failed'];
    if (!hasRemoved) expect(goal.status, `of tasks for ${withTasks} actions`).to.be.oneOf(some);
  }

  it('finds every task as it was left, the counts equal to the tasks, none doubled, and the goal with the status that they give it', async () => {
    const run = async ({ denied, isLater, moves, crashes: ofCase }: Case) => {
      goals += 1;
      const number = goals;
      const user = await signIn(stack().url, `person-${number}`, { isPatient: true });
      const titles = denied.map((isDenied, index) => `Action ${index} of ${number}${isDenied ? ' [ai:denied]' : ''}`);
      const goal = await user.createGoal(titles);
      const first = (await user.start(goal.goalId)).body;
      if (isLater) await user.waitForEnd(first.executionArn);
      const person = new Person(user, goal);
      for (const { of, call: left, how } of ofCase) crashes.add({ of, left, how });
      await Promise.all(
        moves.map(async ({ do: what, at, pick }) => {
          await sleep(at);
          if (isRun(what)) await makeRun(user, goal, what, pick);
          else await person[what](pick);
        }),
      );
      const after = await settled(user, goal.goalId);
      const tasks = await user.listTasks(goal.goalId);
      person.expectKept(tasks);
      await expectTrue(user, after, tasks, person.hasRemoved);
    };
    await checkTogether(cases, run, AT_A_TIME, CASES / 2);
  });
});
