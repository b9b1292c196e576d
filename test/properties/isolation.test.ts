import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { taskNamedAfter } from '../support/ai-script.ts';
import { groupOf } from '../support/group.ts';
import { engineEnd } from '../support/history.ts';
import { CASES, checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { type Row, textOf, useRows } from '../support/stack/rows.ts';
import {
  cancelPath,
  eventually,
  type Goal,
  historyPath,
  retryPath,
  signIn,
  statusPath,
  type User,
  useStack,
} from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

const ACTIONS = ['saved', 'denied'] as const;
const MOVES = ['start again', 'cancel', 'retry', 'wait for the end'] as const;
const READS = ['read', 'read tasks', 'estimate', 'list', 'status', 'history'] as const;
const INTRUSIONS = [...READS, 'change', 'change goal', 'delete', 'start', 'cancel', 'retry'] as const;

const afterMs = fc.nat(30);
const goalPlan = fc.record({
  actions: fc.array(fc.constantFrom(...ACTIONS), { minLength: 1, maxLength: 5, size: 'xsmall' }),
  isStarted: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  /** What its owner does once it is started. */
  moves: fc.array(fc.record({ move: fc.constantFrom(...MOVES), afterMs }), { maxLength: 3 }),
});
const userPlan = fc.record({
  goals: fc.oneof({ weight: 9, arbitrary: fc.tuple(goalPlan) }, { weight: 1, arbitrary: fc.tuple(goalPlan, goalPlan) }),
  /** What the user tries with goals and executions of others. */
  intrusions: fc.array(fc.record({ what: fc.constantFrom(...INTRUSIONS), against: fc.nat(20), afterMs }), {
    maxLength: 4,
  }),
});
/** Each case is a user; so many are at work at the same time. */
const USERS_AT_ONCE = 4;
/** And so many groups of them. */
const GROUPS_AT_ONCE = 2;
type UserPlan = typeof userPlan extends fc.Arbitrary<infer Drawn> ? Drawn : never;
type GoalPlan = typeof goalPlan extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/**
 * Whatever the seed: everything that may be tried with another's goals and executions, with those that are there from the
 * beginning, which come after one goal of each of the other users.
 */
const everyIntrusion = Array.from({ length: USERS_AT_ONCE }, (_, user): UserPlan => {
  const own = INTRUSIONS.filter((_, index) => index % USERS_AT_ONCE === user);
  const bystanders = [USERS_AT_ONCE - 1, USERS_AT_ONCE];
  return {
    goals: [{ actions: ['saved'], isStarted: true, moves: [] }],
    intrusions: bystanders.flatMap((against) => own.map((what) => ({ what, against, afterMs: 0 }))),
  };
});

/** A goal with what is known of it from the answers to its owner alone. */
interface Owned {
  readonly user: User;
  readonly userId: string;
  readonly goal: Goal;
  readonly plan: GoalPlan;
  /** Stands in the titles of its actions and of nobody else's. */
  readonly marker: string;
  /** Its executions, oldest first; `cancelled` is what the answer to a cancel says. */
  readonly executions: { readonly executionArn: string; cancelled: boolean }[];
}

describe('executions of several users at once', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const stack = useStack({ AI_LATENCY_MS: '1-20', ...unkind(AI_SELDOM_FAILS) }, { ai: { script: taskNamedAfter } });
  const rows = useRows(stack);
  const known: Owned[] = [];
  let bystanders: Owned[] = [];
  let cases = 0;

  async function create(user: User, userId: string, plan: GoalPlan, index: number): Promise<Owned> {
    const marker = `${userId}-goal-${index}`;
    const titles = plan.actions.map((kind, at) =>
      `Walk ${at} ${marker} ${kind === 'denied' ? '[ai:denied]' : ''}`.trim(),
    );
    const owned = { user, userId, goal: await user.createGoal(titles), plan, marker, executions: [] };
    known.push(owned);
    return owned;
  }

  async function start({ user, goal, executions }: Owned, path?: string): Promise<void> {
    const answer = await (path === undefined
      ? user.start(goal.goalId)
      : user.call<{ executionArn: string }>('POST', path));
    if (answer.status === 202)
      expect(executions.map(({ executionArn }) => executionArn)).not.to.include(answer.body.executionArn);
    // An execution may have been started, and even be over, although the answer was 5xx: of those the engine tells.
    const all = stack().stepFunctions.executions.list();
    for (const { executionArn } of all.filter(({ name }) => name.startsWith(goal.goalId)))
      if (executions.every((each) => each.executionArn !== executionArn))
        executions.push({ executionArn, cancelled: false });
  }

  /** Asks the engine, which costs no request. */
  async function untilAllEnded({ executions }: Owned): Promise<void> {
    for (const { executionArn } of executions) await engineEnd(stack(), executionArn);
  }

  async function run(owned: Owned): Promise<void> {
    if (!owned.plan.isStarted) return;
    await start(owned);
    for (const { move, afterMs } of owned.plan.moves) {
      await sleep(afterMs);
      const last = owned.executions.at(-1);
      if (last === undefined) throw new Error('the goal was not started');
      if (move === 'wait for the end') await untilAllEnded(owned);
      else if (move === 'start again') await start(owned);
      else if (move === 'retry') await start(owned, retryPath(last.executionArn));
      else if ((await owned.user.cancel(last.executionArn)).status === 200) last.cancelled = true;
    }
    await untilAllEnded(owned);
  }

  /** Another user's attempt. */
  async function intrude(user: User, what: (typeof INTRUSIONS)[number], { goal, executions }: Owned): Promise<void> {
    const goalPath = `/api/goals/${goal.goalId}`;
    // One that there is not is answered in the same way.
    const executionArn = executions[0]?.executionArn ?? 'none';
    const requests = {
      list: ['GET', `/api/workflows?goalId=${goal.goalId}`],
      read: ['GET', goalPath],
      'read tasks': ['GET', `${goalPath}/tasks`],
      estimate: ['GET', `${goalPath}/estimate`],
      'change goal': ['PATCH', goalPath, { version: goal.version, title: 'Mine' }],
      delete: ['DELETE', `${goalPath}?version=${goal.version}`],
      change: ['PATCH', `${goalPath}/actions/${goal.actions[0]?.actionId}`, { title: 'Mine' }],
      start: ['POST', `${goalPath}/start-activity`],
      status: ['GET', statusPath(executionArn)],
      history: ['GET', historyPath(executionArn)],
      cancel: ['POST', cancelPath(executionArn), { reason: 'mine' }],
      retry: ['POST', retryPath(executionArn)],
    } as const;
    const [method, path, sent] = requests[what];
    const { status, body } = await user.call<{ items?: unknown[] }>(method, path, sent);
    // Whether there is nothing to list, or nothing to delete, it says no more than where there is no such goal.
    const expected = { list: [200, []], delete: [204, undefined] }[String(what)] ?? [404, undefined];
    expect([status, body?.items], `${what} of someone else's`).to.deep.equal(expected);
  }

  /** Follows from the plan and the answers alone: the first execution that nobody cancelled saves all that can be. */
  function expectedOf({ goal, plan, executions }: Owned) {
    const maker = executions.find(({ cancelled }) => !cancelled)?.executionArn;
    const saved = maker === undefined ? [] : goal.actions.filter(({ position }) => plan.actions[position] === 'saved');
    const nothing = executions.at(-1)?.cancelled === false ? 'failed' : 'draft'; // never started is draft, too
    const some = saved.length === goal.actions.length ? 'active' : 'partial';
    return { maker, saved: saved.map(({ actionId }) => actionId), status: saved.length > 0 ? some : nothing };
  }

  async function expectOwnAndNothingElse(owned: Owned): Promise<void> {
    const { user, goal, marker, executions } = owned;
    const { maker, saved, status } = expectedOf(owned);
    const row = (await rows.of('goals', goal.goalId)).find((each) => textOf(each, 'sk') === 'GOAL');
    expect(textOf(row, 'status')).to.equal(status);
    const tasks = await user.listTasks(goal.goalId);
    expect([...new Set(tasks.map(({ actionId }) => actionId))].sort()).to.deep.equal([...saved].sort());
    for (const task of tasks) {
      expect(task.executionArn).to.equal(maker);
      expect(task.title).to.contain(marker);
    }
    const actionIds = goal.actions.map(({ actionId }) => actionId);
    for (const { executionArn } of executions) {
      const { events } = await user.historyOf(executionArn);
      expect([...actionIds, null]).to.include.members(events.map(({ actionId }) => actionId));
    }
  }

  /** Every row of some goals, but for what the sweep notes when it has told people and CloudWatch what was left to it. */
  async function snapshot(owned: readonly Owned[]): Promise<Row[]> {
    const reads = owned.flatMap(({ goal: { goalId }, executions }) => [
      rows.of('goals', goalId),
      rows.of('tasks', goalId),
      ...executions.map(({ executionArn }) => rows.of('workflow-executions', executionArn)),
    ]);
    const users = new Set(owned.map(({ userId }) => userId));
    const slots = [...users].map((userId) => rows.of('goals', `slots#${userId}`));
    const noted = /^(runningShard|notify.*|metrics.*)$/;
    return (await Promise.all([...reads, ...slots]))
      .flat()
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !noted.test(name))));
  }

  before(async () => {
    const user = await signIn(stack().url, 'bystander', { isPatient: true });
    const plans: GoalPlan[] = [
      { isStarted: true, actions: ['denied', 'saved'], moves: [] },
      { isStarted: true, actions: ['saved'], moves: [{ move: 'cancel', afterMs: 0 }] },
    ];
    bystanders = await Promise.all(plans.map((plan, index) => create(user, 'bystander', plan, index)));
    await Promise.all(bystanders.map(run));
  });

  it('leave each user exactly their own goals, tasks, executions and histories, whatever others do or try meanwhile', async () => {
    const untouched = await snapshot(bystanders);
    expect(untouched).to.have.length.above(10);
    await checkTogether(
      groupOf(userPlan, USERS_AT_ONCE),
      async (plans) => {
        cases += 1;
        const number = cases;
        const users = await Promise.all(
          plans.map(async (plan, index) => {
            const userId = `case-${number}-user-${index}`;
            const user = await signIn(stack().url, userId, { isPatient: true });
            const goals = await Promise.all(plan.goals.map((each, at) => create(user, userId, each, at)));
            return { user, goals, intrusions: plan.intrusions };
          }),
        );
        await Promise.all(
          users.flatMap(({ user, goals, intrusions }) => {
            const victims = [...users.flatMap((other) => (other.user === user ? [] : other.goals)), ...bystanders];
            return [
              ...goals.map(run),
              ...intrusions.map(async ({ what, against, afterMs }) => {
                await sleep(afterMs);
                const victim = victims[against % victims.length];
                if (victim !== undefined) await intrude(user, what, victim);
              }),
            ];
          }),
        );
        for (const each of users.flatMap(({ goals }) => goals)) await expectOwnAndNothingElse(each);
        expect(await snapshot(bystanders)).to.deep.equal(untouched);
      },
      GROUPS_AT_ONCE,
      CASES / USERS_AT_ONCE,
      [everyIntrusion],
    );
  });

  it('list for each user exactly their own goals and executions', async () => {
    for (const [user, goals] of Map.groupBy(known, (owned) => owned.user))
      await eventually(async () => {
        const listed = (await user.listGoals()).items;
        const statuses = goals.map((each) => `${each.goal.goalId} ${expectedOf(each).status}`);
        expect(listed.map(({ goalId, status }) => `${goalId} ${status}`)).to.have.members(statuses);
        const own = goals.flatMap(({ goal, executions }) =>
          executions.map(({ executionArn }) => `${executionArn} of ${goal.goalId}`),
        );
        const { items } = await user.listExecutions({ limit: 100 });
        expect(items.map(({ executionArn, goalId }) => `${executionArn} of ${goalId}`)).to.have.members(own);
      });
  });
});
