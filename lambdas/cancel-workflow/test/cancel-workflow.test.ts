import type { Database } from '@goal-activity/core/aws/database.ts';
import { getExecution, updateOpenExecution } from '@goal-activity/core/execution/executions.ts';
import { getGoal } from '@goal-activity/core/goal/goals.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { finishCancel } from '@goal-activity/core/workflow/cancel.ts';
import { settle } from '@goal-activity/core/workflow/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenExecution, givenSaved } from '../../../test/support/stack/goal.ts';
import { unnoticed } from '../../core/test/support/ends.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { type Collaborators, cancelWorkflow } from '../src/cancel-workflow.ts';

function given(db: Database) {
  const stops: string[][] = [];
  const { log, lines } = createMemoryLog();
  const collaborators: Collaborators = {
    getExecution: (executionArn) => getExecution(db, executionArn),
    requestCancel: (executionArn, cancelRequestedBy, cancelReason) =>
      updateOpenExecution(db, executionArn, {
        cancelRequestedAt: new Date().toISOString(),
        cancelRequestedBy,
        cancelReason,
      }),
    finishCancel: (record) => finishCancel(db, record, new Date(), unnoticed),
    workflow: {
      stop: async (...stop) => {
        stops.push(stop);
      },
    },
    log,
  };
  return { collaborators, stops, lines };
}

describe('cancelWorkflow', () => {
  const database = useDatabase();

  it('stops the execution with ABORT, cleans up, and logs who and why', async () => {
    const db = database();
    const { executionArn, goalId, userId } = await givenExecution(db);
    const { collaborators, stops, lines } = given(db);
    await cancelWorkflow(executionArn, userId, 'changed my mind', collaborators);
    expect(stops).to.deep.equal([[executionArn, 'ABORT', 'changed my mind']]);
    expect(await getExecution(db, executionArn)).to.include({
      status: 'ABORTED',
      cancelRequestedBy: userId,
      cancelReason: 'changed my mind',
    });
    expect(await getGoal(db, goalId)).to.include({ status: 'draft' });
    expect(lines.map(({ message }) => message)).to.deep.equal(['cancel requested', 'execution cancelled']);
    expect(lines[0]).to.include({ executionArn, goalId, userId, reason: 'changed my mind' });
    expect(lines[1]).to.include({ executionArn, goalId, userId });
  });

  it('answers a second cancel at the same time as well, with one clean-up', async () => {
    const db = database();
    const { executionArn, userId, goalId } = await givenExecution(db);
    const { collaborators } = given(db);
    await Promise.all([1, 2, 3].map(() => cancelWorkflow(executionArn, userId, 'r', collaborators)));
    expect(await getGoal(db, goalId)).to.include({ status: 'draft', version: 3 });
  });

  it('is the same when it is asked for again, also long after: it stops and logs nothing more', async () => {
    const db = database();
    const { executionArn, userId, goalId } = await givenExecution(db);
    await cancelWorkflow(executionArn, userId, 'first', given(db).collaborators);
    const cancelled = await getExecution(db, executionArn);
    const { collaborators, stops, lines } = given(db);
    await cancelWorkflow(executionArn, userId, 'second', collaborators);
    expect([stops, lines]).to.deep.equal([[], []]);
    expect(await getExecution(db, executionArn)).to.deep.equal(cancelled);
    expect(await getGoal(db, goalId)).to.include({ status: 'draft', version: 3 });
  });

  it('is done when somebody else, as the status event, finishes it at the same moment', async () => {
    const db = database();
    const { executionArn, userId, goalId } = await givenExecution(db);
    const { collaborators } = given(db);
    const finishedByOthers: Collaborators['finishCancel'] = async (record) => {
      await finishCancel(db, record, new Date(), unnoticed);
      return collaborators.finishCancel(record);
    };
    await cancelWorkflow(executionArn, userId, 'r', { ...collaborators, finishCancel: finishedByOthers });
    expect(await getExecution(db, executionArn)).to.include({ status: 'ABORTED' });
    expect(await getGoal(db, goalId)).to.include({ status: 'draft', version: 3 });
  });

  it('refuses once the execution has ended, and takes nothing away', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 1 });
    await givenSaved(db, execution, [0]);
    await settle(db, execution.executionArn, { status: 'by outcome', notify: 'machine' }, new Date(), unnoticed);
    const { collaborators, stops } = given(db);
    const problem = await failureOf(cancelWorkflow(execution.executionArn, execution.userId, 'r', collaborators));
    expectRefusal(problem, 409, 'execution_ended');
    expect(stops).to.deep.equal([]);
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'active' });
  });

  it("knows nothing of someone else's execution (rule 5)", async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const { collaborators } = given(db);
    expect(await failureOf(cancelWorkflow(executionArn, 'someone-else', 'r', collaborators))).to.include({
      status: 404,
    });
    expect(await getExecution(db, executionArn)).to.not.have.property('cancelRequestedAt');
  });

  it('answers an execution whose record is removed meanwhile as ended, with the status it had', async () => {
    const db = database();
    const { executionArn, userId, record } = await givenExecution(db);
    const { collaborators, stops } = given(db);
    let reads = 0;
    const getExecution: Collaborators['getExecution'] = async () => {
      reads += 1;
      return reads === 1 ? { ...record, status: 'SUCCEEDED' } : undefined;
    };
    const problem = await failureOf(cancelWorkflow(executionArn, userId, 'r', { ...collaborators, getExecution }));
    expectRefusal(problem, 409, 'execution_ended');
    expect(problem.message).to.contain('SUCCEEDED');
    expect(stops).to.deep.equal([]);
  });

  it('stops with the reason of the first cancel, or with its own where the first gave none', async () => {
    const db = database();
    for (const [first, told] of [
      [{ cancelReason: 'first' }, 'first'],
      [{}, 'second'],
    ] as const) {
      const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
      await updateOpenExecution(db, executionArn, { cancelRequestedAt: new Date().toISOString(), ...first });
      const { collaborators, stops, lines } = given(db);
      await cancelWorkflow(executionArn, userId, 'second', collaborators);
      expect(stops).to.deep.equal([[executionArn, 'ABORT', told]]);
      expect(lines.map(({ message }) => message)).to.deep.equal(['execution cancelled']);
    }
  });

  it('says which status the execution has that it refuses to cancel, and logs nothing', async () => {
    const db = database();
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    await settle(db, executionArn, { status: 'TIMED_OUT', notify: 'machine' }, new Date(), unnoticed);
    const { collaborators, lines } = given(db);
    const problem = await failureOf(cancelWorkflow(executionArn, userId, 'r', collaborators));
    expect(problem.message).to.contain('TIMED_OUT');
    expect(lines).to.deep.equal([]);
  });
});
