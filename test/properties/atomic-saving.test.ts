import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { listTasks, taskKey } from '@goal-activity/core/goal/tasks.ts';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../local/aws/bedrock/bedrock.ts';
import { engineEnd } from '../support/history.ts';
import { CASES, check, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { executionsOf } from '../support/stack/executions.ts';
import { type Fault, useFaultyStack } from '../support/stack/fault-proxy.ts';
import { type Goal, signIn } from '../support/stack/stack.ts';
import { tablesOf } from '../support/stack/tables.ts';
import { startFor, unkind } from '../support/stack/unkind.ts';

/** The tasks that the AI gives an action. */
const answerOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    title: `Task ${index + 1} of ${count}`,
    description: 'Do it.',
    type: 'habit' as const,
    estimatedMinutes: index + 1,
  }));

/** Titles say how many tasks the AI gives. */
const countOf = (title: string) => Number(/: (\d) tasks$/.exec(title)?.[1]);

const faults: fc.Arbitrary<Fault | 'none'> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('none' as const) },
  { weight: 4, arbitrary: fc.constantFrom('fail' as const, 'lost' as const) },
  { weight: 1, arbitrary: fc.constantFrom('slow' as const, 'crash before' as const, 'crash after' as const) },
);

/** Each case is an action; so many are of one goal, on average. */
const ACTIONS = 3;
const count = fc.integer({ min: 1, max: 8 });
const runs = fc.record(
  {
    /** How many tasks each action gets. */
    tasks: fc.oneof(
      { weight: 40, arbitrary: fc.array(count, { minLength: 1, maxLength: 2 * ACTIONS - 1, size: 'max' }) },
      { weight: 1, arbitrary: fc.array(count, { minLength: 24, maxLength: 32 }) },
    ),
    /** What becomes of the calls that SaveTasks makes, in their order. */
    calls: fc.array(faults, { maxLength: 6 * ACTIONS }),
    /** And of all after those. */
    later: fc.oneof(
      { weight: 8, arbitrary: fc.constant('none' as const) },
      { weight: 2, arbitrary: fc.constantFrom('fail' as const, 'lost' as const) },
    ),
    /** Milliseconds after its start. */
    cancelledAfter: fc.option(fc.integer({ min: 0, max: 150 }), { freq: 4 }),
  },
  { noNullPrototype: true },
);

describe('any database faults while tasks are saved', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const script = (title: string): ScriptedAnswer => ({ toolInput: { tasks: answerOf(countOf(title)) } });
  // A slow call outlasts the 30 s (300 ms) of the state: the next attempt runs beside it.
  const environment = { TIME_SCALE: '0.01', AI_LATENCY_MS: '1', ...unkind() };
  const { stack, plan } = useFaultyStack(environment, { slowMs: 350, lambdas: ['save-tasks'], ai: { script } });
  let database: Database;
  let goals = 0;
  const executions: { goal: Goal; executionArn: string }[] = [];
  before(() => {
    database = tablesOf(stack());
  });

  /** For each action, its outcome and its rows in the table of tasks: the whole answer of the AI, or nothing. */
  async function expectAllOrNone({ goal, executionArn }: (typeof executions)[number]) {
    const [outcomes, tasks] = await Promise.all([
      executionsOf(database).outcomes(executionArn),
      listTasks(database, goal.goalId),
    ]);
    expect(outcomes.map(({ actionId }) => actionId)).to.have.members(goal.actions.map(({ actionId }) => actionId));
    const expected = outcomes.flatMap(({ actionId, title, outcome, taskCount }) => {
      const answer = outcome === 'SAVED' ? answerOf(countOf(title)) : [];
      expect(outcome).to.be.oneOf(['SAVED', 'CANCELLED', 'FAILED']);
      expect(taskCount).to.equal(answer.length);
      return answer.map((task, index) => ({
        taskId: taskKey(executionArn, actionId, index),
        actionId,
        executionArn,
        ...task,
      }));
    });
    const byId = new Map(tasks.map((task) => [task.taskId, task]));
    for (const task of expected) expect(byId.get(task.taskId) ?? {}, task.taskId).to.include(task);
    expect(tasks).to.have.length(expected.length);
    return { outcomes, tasks };
  }

  it("leaves all tasks of an action or none, and the action's outcome says which", async () => {
    const property = fc.asyncProperty(runs, async ({ tasks, calls, later, cancelledAfter }) => {
      goals += 1;
      plan.arm();
      const user = await signIn(stack().url, `atomic-${goals}`, { isPatient: true });
      const goal = await user.createGoal(tasks.map((count, index) => `Goal ${goals}, action ${index}: ${count} tasks`));
      let made = 0;
      plan.arm(({ lambdaName }) => {
        if (lambdaName !== 'save-tasks') return undefined;
        const fault = calls[made] ?? later;
        made += 1;
        return fault === 'none' ? undefined : fault;
      });
      const executionArn = await startFor(user, goal.goalId);
      if (cancelledAfter !== null) {
        await sleep(cancelledAfter);
        expect((await user.cancel(executionArn)).status).to.be.oneOf([200, 409]);
      }
      await engineEnd(stack(), executionArn);
      await plan.idle();
      plan.arm();
      // One that timed out, on a busy machine, is settled after its end, by its event or by the sweep.
      await user.waitForEnd(executionArn);
      executions.push({ goal, executionArn });
      const rows = await expectAllOrNone({ goal, executionArn });
      const status = await user.getStatus(executionArn);
      for (const { actionId, outcome, taskCount } of rows.outcomes)
        expect(status.outcomes.find((each) => each.actionId === actionId)).to.include({ outcome, taskCount });
      expect((await user.listTasks(goal.goalId)).map(({ taskId }) => taskId)).to.deep.equal(
        rows.tasks.map(({ taskId }) => taskId),
      );
    });
    await check(property, CASES / ACTIONS);
    // They are so still when every attempt that came late has ended too.
    await plan.idle();
    for (const execution of executions) await expectAllOrNone(execution);
  });
});
