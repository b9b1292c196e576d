import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { check, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import type { ServiceCall } from '../support/stack/fault-proxy.ts';
import { useFaultyStack } from '../support/stack/fault-proxy.ts';
import { eventually, type Goal, type Started, signIn, type User } from '../support/stack/stack.ts';
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
  /** The schedule must not repair what a start or a poll is to repair. */
  const scheduled = ({ lambdaName }: ServiceCall) => lambdaName === 'reconcile-executions' && sweeping === 0;
  const arm = (crashes: readonly { of: string; call: number; when: 'crash before' | 'crash after' }[]) => {
    const made = new Map<string, number>();
    plan.arm((call) => {
      if (scheduled(call)) return 'fail';
      const count = made.get(call.lambdaName) ?? 0;
      made.set(call.lambdaName, count + 1);
      return crashes.find((each) => each.of === call.lambdaName && each.call === count)?.when;
    });
  };

  /** Starts as a person does, who presses again while the answer is 5xx. */
  async function start(user: User, goalId: string): Promise<Started | undefined> {
    const { status, body } = await user.start(goalId);
    return status === 409 ? undefined : body;
  }

  async function poll(user: User, goalId: string): Promise<void> {
    const { executionArn } = await user.getGoal(goalId);
    if (executionArn !== null) await user.getStatus(executionArn);
  }

  async function sweep(): Promise<void> {
    const { functionName } = stack().description.functions.find(({ name }) => name === 'reconcile-executions') ?? {};
    sweeping += 1;
    // A sweep that dies is followed by another one.
    await stack()
      .lambda.invoke(functionName ?? '', {})
      .catch(() => undefined);
    sweeping -= 1;
  }

  /** Until the goal is settled, by one way of repair alone. */
  async function settle(user: User, goalId: string, way: Way): Promise<Goal> {
    for (const giveUpAt = performance.now() + 30_000; performance.now() < giveUpAt; await sleep(40)) {
      // What runs needs no repair, and to ask the engine costs no request.
      await until(() => !running().some((executionArn) => executionArn.includes(goalId)), 'no execution runs');
      const goal = await user.getGoal(goalId);
      if (goal.status !== 'processing') return goal;
      if (way === 'start') await start(user, goalId);
      else if (way === 'poll') await poll(user, goalId);
      else await sweep();
    }
    throw new Error(`the goal is stuck: ${(await user.getGoal(goalId)).status}`);
  }

  const running = () => stack().stepFunctions.executions.running();
  const executionsOf = (goalId: string) =>
    stack()
      .stepFunctions.executions.list()
      .filter(({ name }) => name.startsWith(goalId));

  it('gives one running execution at a time, one in all unless an earlier one failed in part, and no doubled task', async () => {
    const property = fc.asyncProperty(cases, async ({ events, crashes, finally: way, denied }) => {
      goals += 1;
      arm([]);
      const user = await signIn(stack().url, `idempotent-${goals}`, { isPatient: true });
      const refused = denied ? [`Action 1 of ${goals} [ai:denied]`] : [];
      const { goalId } = await user.createGoal([`Action 0 of ${goals}`, ...refused]);
      const answers: (Started | undefined)[] = [];
      arm(crashes);
      await Promise.all(
        [{ do: 'start', at: 0 }, ...events].map(async ({ do: what, at }) => {
          await sleep(at);
          if (what === 'start') answers.push(await start(user, goalId));
          else if (what === 'poll') await poll(user, goalId);
          else await sweep();
        }),
      );
      arm([]);
      const goal = await settle(user, goalId, way);
      const executions = executionsOf(goalId);
      const statuses = await Promise.all(executions.map(({ executionArn }) => user.getStatus(executionArn)));
      const arns = executions.map(({ executionArn }) => executionArn);

      // Every answer named an execution that has run.
      expect(arns).to.include.members(answers.flatMap((answer) => answer?.executionArn ?? []));
      ended.push({ user, goalId, arns });
      // One after the other, and none after one that left nothing to do.
      for (const [index, { startDate }] of executions.slice(1).entries()) {
        const earlier = statuses[index];
        expect(earlier?.status).to.be.oneOf(['PARTIALLY_SUCCEEDED', 'FAILED']);
        expect(startDate).to.be.at.least(Date.parse(earlier?.stopDate ?? ''));
      }
      // Tasks are there for what one execution saved, once.
      const saved = statuses.flatMap(({ executionArn, outcomes }) =>
        outcomes.flatMap(({ actionId, taskCount }) =>
          Array.from({ length: taskCount }, (_, task) => `${executionArn} ${actionId}#${task}`),
        ),
      );
      const tasks = await user.listTasks(goalId);
      expect(tasks.map(({ executionArn, taskId }) => `${executionArn} ${taskId}`)).to.have.members(saved);
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
