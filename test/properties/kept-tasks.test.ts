import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../local/aws/bedrock/bedrock.ts';
import { Person } from '../support/person.ts';
import { CASES, checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { type Fault, useFaultyStack } from '../support/stack/fault-proxy.ts';
import { type Goal, retryPath, type Started, signIn, type Task, type User } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';

/** What writes tasks, or removes them, and may die while it does. */
const LAMBDAS = ['goals', 'start-workflow', 'save-tasks', 'cancel-workflow', 'update-goal-status'] as const;
/** Its query takes so long that the tasks of a run are there for a while before it ends; milliseconds. */
const [SLOW, SLOW_MS] = ['aggregate-results', 500];
/** Cases at the same time: they mostly wait. */
const AT_A_TIME = 8;

const options = { noNullPrototype: true } as const;
const moment = fc.integer({ min: 0, max: 100 });
const change = fc.record(
  {
    do: fc.constantFrom('check', 'edit', 'add', 'remove', 'check'),
    /** Which action or task, among those that there are. */
    pick: fc.nat(20),
    at: moment,
  },
  options,
);
const round = fc.record(
  {
    /** What is begun; it may be refused, or given the execution that runs. */
    run: fc.constantFrom('start', 'retry', 'again', 'again'),
    pick: fc.nat(5),
    /** Milliseconds after its first tasks are there. */
    changes: fc.array(change, { minLength: 1, maxLength: 4 }),
    cancelledAt: fc.option(moment, { freq: 2 }),
    /** Whether its end is awaited. */
    ends: fc.constantFrom(true, true, false),
  },
  options,
);
const crash = fc.record(
  {
    of: fc.constantFrom(...LAMBDAS),
    /** How many calls of that Lambda come before. */
    left: fc.nat(12),
    how: fc.constantFrom<Fault[]>('crash before', 'crash after', 'lost', 'fail'),
  },
  options,
);
const cases = fc.record(
  {
    /** What the AI does to each action. */
    actions: fc.array(fc.constantFrom('quick', 'quick', 'quick', 'slow', 'denied'), { minLength: 1, maxLength: 3 }),
    rounds: fc.array(round, { minLength: 1, maxLength: 4, size: 'max' }),
    crashes: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(crash, { minLength: 1, maxLength: 2 }) },
    ),
  },
  options,
);
type Case = typeof cases extends fc.Arbitrary<infer Drawn> ? Drawn : never;
type Round = Case['rounds'][number];

const script = (title: string): ScriptedAnswer => {
  if (title.includes('denied')) return { fault: 'denied' };
  return title.includes('slow') ? { latencyMs: 2 * SLOW_MS } : {};
};

describe('a person who changes tasks while they are made, made again and taken back', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const environment = { TIME_SCALE: '0.05', AI_LATENCY_MS: '5', ...unkind() };
  const faulty = { slowMs: SLOW_MS, lambdas: [...LAMBDAS, SLOW], ai: { script } };
  const { stack, plan } = useFaultyStack(environment, faulty);
  let goals = 0;
  /** Cancels that left tasks which the person had changed. */
  let survivals = 0;

  /** Of all cases that are tried now. */
  const crashes = new Set<{ readonly of: string; left: number; readonly how: Fault }>();
  before(() =>
    plan.arm(({ lambdaName, operation }) => {
      if (lambdaName === SLOW) return operation === 'Query' ? 'slow' : undefined;
      const awaited = [...crashes].filter(({ of }) => of === lambdaName);
      const due = awaited.find(({ left }) => left === 0);
      for (const each of awaited) each.left -= 1;
      if (due !== undefined) crashes.delete(due);
      return due?.how;
    }),
  );

  /** Begins a run. @returns the execution that the goal has then */
  async function begin(user: User, { goalId, actions }: Goal, { run, pick }: Round): Promise<string> {
    const before = (await user.getGoal(goalId)).executionArn;
    const actionId = actions[pick % actions.length]?.actionId;
    const path = run === 'again' ? `actions/${actionId}/make-again` : 'start-activity';
    await user.call<Started>('POST', run === 'retry' && before ? retryPath(before) : `/api/goals/${goalId}/${path}`);
    return (await user.getGoal(goalId)).executionArn ?? '';
  }

  /** Until a run has saved tasks, or is over. */
  async function firstTasks(user: User, goalId: string, executionArn: string): Promise<void> {
    for (const giveUpAt = performance.now() + 5_000; performance.now() < giveUpAt; await sleep(10)) {
      const tasks = await user.listTasks(goalId);
      if (tasks.some((task) => task.executionArn === executionArn)) return;
      if ((await user.getGoal(goalId)).status !== 'processing') return;
    }
  }

  async function play(user: User, goal: Goal, person: Person, round: Round): Promise<void> {
    const executionArn = await begin(user, goal, round);
    if (executionArn === '') return;
    await firstTasks(user, goal.goalId, executionArn);
    const { changes, cancelledAt, ends } = round;
    const cancel = async (at: number) => {
      await sleep(at);
      const { body } = await user.cancel(executionArn);
      if (body.summary?.includes('by hand') === true) survivals += 1;
    };
    await Promise.all([
      ...changes.map(({ do: what, pick, at }) => sleep(at).then(() => person[what](pick))),
      ...(cancelledAt === null ? [] : [cancel(cancelledAt)]),
    ]);
    if (ends) await user.waitForEnd(executionArn);
  }

  /** Until nothing works on the goal any more. */
  async function settled(user: User, goalId: string): Promise<Goal> {
    for (const giveUpAt = performance.now() + 300_000; performance.now() < giveUpAt; ) {
      const { status, executionArn } = await user.getGoal(goalId);
      if (status !== 'processing') break;
      if (executionArn !== null) await user.waitForEnd(executionArn);
    }
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
    const run = async ({ actions, rounds, crashes: ofCase }: Case) => {
      goals += 1;
      const number = goals;
      const user = await signIn(stack().url, `person-${number}`, { isPatient: true });
      const goal = await user.createGoal(actions.map((kind, index) => `Action ${index} of ${number}, ${kind}`));
      const person = new Person(user, goal);
      for (const each of ofCase) crashes.add({ ...each });
      for (const [index, round] of rounds.entries())
        await play(user, goal, person, index === 0 && round.run === 'retry' ? { ...round, run: 'start' } : round);
      const after = await settled(user, goal.goalId);
      const tasks = await user.listTasks(goal.goalId);
      person.expectKept(tasks);
      await expectTrue(user, after, tasks, person.hasRemoved);
    };
    await checkTogether(cases, run, AT_A_TIME, CASES / 4);
    console.log(`      ${survivals} cancels left what a person had changed`);
  });
});
