import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { check, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { type ServiceCall, useFaultyStack } from '../support/stack/fault-proxy.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import { eventually, type Goal, signIn, type User } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

/** What starts executions, and what repairs a start that died in its middle. */
const LAMBDAS = ['start-workflow', 'get-status', 'reconcile-executions'] as const;
const WAYS = ['start', 'poll', 'sweep'] as const;
type Way = (typeof WAYS)[number];

const options = { noNullPrototype: true } as const;
const event = fc.record({ do: fc.constantFrom(...WAYS), at: fc.integer({ min: 0, max: 40 }) }, options);
const crash = fc.record(
  {
    of: fc.oneof(
      { weight: 4, arbitrary: fc.constant<ServiceCall['lambdaName']>('start-workflow') },
      { weight: 1, arbitrary: fc.constantFrom(...LAMBDAS) },
    ),
    /** Counted for each Lambda; a start's claim is 3, its StartExecution is 4. */
    call: fc.oneof(fc.integer({ min: 3, max: 4 }), fc.integer({ min: 0, max: 9 })),
    when: fc.constantFrom('crash before' as const, 'crash after' as const),
  },
  options,
);
type Crash = typeof crash extends fc.Arbitrary<infer Drawn> ? Drawn : never;
const cases = fc.record(
  {
    /** What is done besides a start at 0, each at its time in milliseconds. */
    events: fc.array(event, { maxLength: 4 }),
    /** The calls whose process dies with them. */
    crashes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(crash, { minLength: 1, maxLength: 2 }) },
    ),
    /** Who comes by once all that is over; nobody else repairs. */
    finally: fc.constantFrom(...WAYS),
    /** There is a second action, which the AI refuses: the goal may be started again once its execution has ended. */
    denied: fc.boolean(),
  },
  options,
);

describe('any interleaving of starts of a goal, with crashes', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const environment = { TIME_SCALE: '0.01', AI_LATENCY_MS: '1', ...unkind() };
  const { stack, plan } = useFaultyStack(environment, { slowMs: 0, lambdas: LAMBDAS });
  const ended: { user: User; goalId: string; arns: readonly string[] }[] = [];
  let goals = 0;
  let sweeping = 0;
  const arm = (crashes: readonly Crash[] = []) => {
    const made = new Map<string, number>();
    plan.arm((call) => {
      // The schedule must not repair what a start or a poll is to repair.
      if (call.lambdaName === 'reconcile-executions' && sweeping === 0) return 'fail';
      const count = made.get(call.lambdaName) ?? 0;
      made.set(call.lambdaName, count + 1);
      return crashes.find((each) => each.of === call.lambdaName && each.call === count)?.when;
    });
  };

  /** Does one of these. @returns the execution that a start was answered with */
  async function go(way: Way, user: User, goalId: string): Promise<string[]> {
    if (way === 'start') {
      const { status, body } = await user.start(goalId);
      return status === 409 ? [] : [body.executionArn];
    }
    if (way === 'sweep') {
      const { lambda, description } = stack();
      sweeping += 1;
      // A sweep that dies is followed by another one.
      await lambda.invoke(`${description.prefix}-reconcile-executions`, {}).catch(() => undefined);
      sweeping -= 1;
      return [];
    }
    const { executionArn } = await user.getGoal(goalId);
    if (executionArn !== null) await user.getStatus(executionArn);
    return [];
  }

  /** Until the goal is settled, by one way of repair alone. */
  async function settle(user: User, goalId: string, way: Way): Promise<Goal> {
    for (const giveUpAt = performance.now() + 300_000; performance.now() < giveUpAt; await sleep(40)) {
      // What runs needs no repair, and to ask the engine costs no request.
      await until(() => !running().some((executionArn) => executionArn.includes(goalId)), 'no execution runs');
      const goal = await user.getGoal(goalId);
      if (goal.status !== 'processing') return goal;
      await go(way, user, goalId);
    }
    throw new Error(`the goal is stuck: ${(await user.getGoal(goalId)).status}`);
  }

  const running = () => stack().stepFunctions.executions.running();

  it('gives one running execution at a time, one in all unless an earlier one failed in part, and no doubled task', async () => {
    const property = fc.asyncProperty(cases, async ({ events, crashes, finally: way, denied }) => {
      goals += 1;
      arm();
      const user = await signIn(stack().url, `idempotent-${goals}`, { isPatient: true });
      const refused = denied ? [`Action 1 of ${goals} [ai:denied]`] : [];
      const { goalId } = await user.createGoal([`Action 0 of ${goals}`, ...refused]);
      arm(crashes);
      const answers = await Promise.all(
        [{ do: 'start' as const, at: 0 }, ...events].map(async ({ do: way, at }) => {
          await sleep(at);
          return go(way, user, goalId);
        }),
      );
      arm();
      const goal = await settle(user, goalId, way);
      const all = stack().stepFunctions.executions.list();
      const executions = all.filter(({ name }) => name.startsWith(goalId));
      const statuses = await Promise.all(executions.map(({ executionArn }) => user.getStatus(executionArn)));
      const arns = executions.map(({ executionArn }) => executionArn);

      // Every answer named an execution that has run.
      expect(arns).to.include.members(answers.flat());
      ended.push({ user, goalId, arns });
      // One after the other, and none after one that left nothing to do.
      for (const [index, { startDate }] of executions.slice(1).entries()) {
        const earlier = statuses[index];
        expect(earlier?.status).to.be.oneOf(['PARTIALLY_SUCCEEDED', 'FAILED']);
        expect(startDate).to.be.at.least(Date.parse(earlier?.stopDate ?? ''));
      }
      const tasks = await expectTasksOf(user, goalId, statuses);
      expect(new Set(tasks.map(({ taskId }) => taskId)).size).to.equal(tasks.length);
      const isComplete = statuses.at(-1)?.status === 'SUCCEEDED';
      expect(goal.status).to.equal(isComplete ? 'active' : tasks.length > 0 ? 'partial' : 'failed');
    });
    await check(property);
  });

  it('has no record but of executions that have run', async () => {
    for (const { user, goalId, arns } of ended)
      await eventually(async () => {
        const { items } = await user.listExecutions({ goalId });
        expect(items.map(({ executionArn }) => executionArn)).to.have.members(arns);
      });
  });
});
