import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { saveInput } from '../../../test/support/stack/goal.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { cancelled, intercepted, refusing, watched } from '../../core/test/support/failing.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { changeTask } from '../../goals/src/change-task.ts';
import { saveTasks } from '../src/save-tasks.ts';

const BATCH_MS = 300_000;

describe('save-tasks', () => {
  const { db, executions, executionsAt, tasksOf, givenExecution } = useTables();

  it("writes an action's tasks and its outcome together, with one request", async () => {
    const execution = await givenExecution();
    const usage = { inputTokens: 100, outputTokens: 50, latencyMs: 1234 };
    const input = { ...saveInput(execution, 1, 3), usage, promptVersion: 7 };
    const { db: asked, commands } = watched(db);
    const result = await saveTasks(executionsOf(asked), input, BATCH_MS);
    expect(commands).to.deep.equal(['TransactWriteCommand']);
    expect(result).to.deep.equal({ actionId: input.actionId, position: 1, outcome: 'SAVED', taskCount: 3 });
    const tasks = await tasksOf(execution.goalId);
    expect(tasks.map(({ taskId }) => taskId)).to.deep.equal([0, 1, 2].map((index) => `${input.actionId}#1-${index}`));
    const { executionArn } = execution;
    expect(tasks[0]).to.include({ ...input.tasks[0], status: 'not_started', executionArn, promptVersion: 7 });
    const saved = { outcome: 'SAVED', taskCount: 3, usage };
    expect(await executions.outcome(executionArn, 1)).to.deep.include(saved);
  });

  describe('of an action that is made again (rule 8)', () => {
    /** An action with three tasks of an execution that has ended, and another execution for it. */
    async function given() {
      const { goalId, userId } = await givenExecution({ actionCount: 1, saved: [0], ended: BY_OUTCOME });
      const before = await tasksOf(goalId);
      const again = await givenExecution({ goalId });
      const input = { ...saveInput(again, 0, 2), replaces: before.map(({ taskId }) => taskId) };
      const touch = (task = before[0]) => {
        if (task === undefined) throw new Error('no task');
        return changeTask(db, { goalId, userId, taskId: task.taskId }, { version: 1, status: 'done' }, new Date());
      };
      const titles = async () => (await tasksOf(goalId)).map(({ taskId }) => taskId.replace(/.*#/, ''));
      return { goalId, before, again, input, touch, titles };
    }

    it('takes the place of the tasks that no person has changed, in one transaction, and keeps them with the outcome', async () => {
      const { before, again, input, titles } = await given();
      const { db: asked, commands } = watched(db);
      await saveTasks(executionsOf(asked), input, BATCH_MS);
      expect(commands).to.deep.equal(['QueryCommand', 'TransactWriteCommand']);
      expect(await titles()).to.deep.equal(['2-0', '2-1']);
      const outcome = await executions.outcome(again.executionArn, 0);
      expect(outcome).to.deep.include({ taskCount: 2, replaced: before });
    });

    it('leaves alone what a person has changed, also in that very moment', async () => {
      const { before, again, input, touch, titles } = await given();
      await touch();
      const meanwhile = intercepted(db, async (_input, command, send) => {
        if (command === 'TransactWriteCommand') await touch(before[1]);
        return send();
      });
      await saveTasks(executionsOf(meanwhile), input, BATCH_MS);
      expect(await titles()).to.deep.equal(['1-0', '1-1', '2-0', '2-1']);
      expect((await executions.outcome(again.executionArn, 0))?.replaced).to.deep.equal([before[2]]);
    });

    it('gives up as transient when what is to be replaced changes without end, and removes nothing once it is cancelled', async () => {
      const { again, input, titles } = await given();
      const never = refusing(db, () => cancelled('None', 'None', 'None', 'ConditionalCheckFailed'));
      expect((await failureOf(saveTasks(executionsOf(never), input, BATCH_MS))).name).to.equal('TransientError');
      await executions.endOutcome(again.executionArn, 0, { outcome: 'CANCELLED' });
      expect((await failureOf(saveTasks(executions, input, BATCH_MS))).name).to.equal('PermanentError');
      expect(await titles()).to.deep.equal(['1-0', '1-1', '1-2']);
    });
  });

  it('answers a repeated save with what is there and writes nothing twice, also at the same time (rule 3)', async () => {
    const execution = await givenExecution();
    const input = saveInput(execution, 0, 8);
    const results = await Promise.all([1, 2, 3].map(() => saveTasks(executions, input, BATCH_MS)));
    results.push(await saveTasks(executions, saveInput(execution, 0, 5), BATCH_MS));
    expect(results.map(({ taskCount }) => taskCount)).to.deep.equal([8, 8, 8, 8]);
    expect(await tasksOf(execution.goalId)).to.have.length(8);
  });

  for (const end of [{ outcome: 'CANCELLED' }, { outcome: 'FAILED', error: 'E', reason: 'r' }] as const) {
    it(`is refused for good, without a trace, once the action is ${end.outcome} (rule 2)`, async () => {
      const execution = await givenExecution();
      expect(await executions.endOutcome(execution.executionArn, 0, end)).to.equal(true);
      const error = await failureOf(saveTasks(executions, saveInput(execution, 0), BATCH_MS));
      expect(error.name).to.equal('PermanentError');
      expect(error.message).to.contain(end.outcome);
      expect(await tasksOf(execution.goalId)).to.have.length(0);
    });
  }

  it('is refused for an action or an execution that does not exist', async () => {
    const execution = await givenExecution();
    for (const strange of [{ actionId: 'another' }, { executionArn: `${execution.executionArn}9` }]) {
      const failure = await failureOf(saveTasks(executions, { ...saveInput(execution, 0), ...strange }, BATCH_MS));
      expect(failure.name).to.equal('PermanentError');
    }
    expect(await tasksOf(execution.goalId)).to.have.length(0);
  });

  it("fails once the batch's time is over, unless its own earlier attempt had saved", async () => {
    const execution = await givenExecution();
    const input = saveInput(execution, 0);
    const late = new Date(Date.parse(input.batchStartedAt) + BATCH_MS);
    expect((await failureOf(saveTasks(executionsAt(late), input, BATCH_MS))).name).to.equal('BatchTimeout');
    expect(await tasksOf(execution.goalId)).to.have.length(0);
    await saveTasks(executionsAt(new Date(late.getTime() - 1)), input, BATCH_MS);
    expect(await saveTasks(executionsAt(late), input, BATCH_MS)).to.include({ outcome: 'SAVED', taskCount: 3 });
  });

  it('passes on a fault of the database, which the state machine retries, and saves nothing', async () => {
    const execution = await givenExecution();
    for (const fault of [new Error('gone'), cancelled('TransactionConflict', 'None')]) {
      const broken = refusing(db, () => fault);
      expect(await failureOf(saveTasks(executionsOf(broken), saveInput(execution, 0), BATCH_MS))).to.equal(fault);
    }
    expect(await executions.outcome(execution.executionArn, 0)).to.include({ outcome: 'PENDING' });
  });

  it('brings the record up to the outcomes once it is older than the grace, and saves nothing after the time of the batch', async () => {
    const execution = await givenExecution({ actionCount: 3 });
    const { executionArn, goalId } = execution;
    const variables = { BATCH_TIMEOUT_MS: '300000', PROGRESS_GRACE_MS: '60000' };
    const save = (position: number, secondsAgo: number) => {
      const input = saveInput(execution, position, 3, new Date(Date.now() - secondsAgo * 1000));
      return callOn(db, 'save-tasks', input, undefined, variables);
    };
    const { answer } = await save(0, 30);
    expect(answer).to.include({ position: 0, outcome: 'SAVED', taskCount: 3 });
    const young = await executions.get(executionArn);
    expect(young).to.include({ processedActions: 0 }).and.not.have.property('progressAt');
    const before = new Date();
    await save(1, 61);
    const { progressAt, ...record } = (await executions.get(executionArn)) ?? {};
    expect(record).to.include({ processedActions: 2, progressPercentage: 66 });
    expect(new Date(progressAt ?? '')).to.be.within(before, new Date());
    expect((await save(2, 300)).error?.name).to.equal('BatchTimeout');
    expect(await tasksOf(goalId)).to.have.length(6);
  });
});
