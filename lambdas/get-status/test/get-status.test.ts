import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved, saveInput } from '../../../test/support/stack/goal.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { givenTools } from '../../core/test/support/tools.ts';
import { saveTasks } from '../../save-tasks/src/save-tasks.ts';
import { getStatus, statusEtag } from '../src/get-status.ts';

const prices = { input: 1, output: 5 };

describe('getStatus', () => {
  const db = useDatabase();
  const repository = executionsOf(db);

  it('answers progress, outcomes, failures with titles and reasons, and the cost so far', async () => {
    const execution = await givenExecution(db, { actionCount: 9, saved: [0, 1, 2, 3, 4, 5] });
    const usage = { inputTokens: 100, outputTokens: 50, latencyMs: 1234 };
    await saveTasks(repository, { ...saveInput(execution, 6), usage }, 300_000);
    await repository.endOutcome(execution.executionArn, 7, {
      outcome: 'FAILED',
      error: 'PermanentError',
      reason: 'denied',
    });
    const { answer: status } = await getStatus(execution.executionArn, execution.userId, givenTools(db).tools, prices);
    expect(status).to.include({
      status: 'RUNNING',
      stopDate: null,
      processedActions: 8,
      totalActions: 9,
      progressPercentage: 88,
      currentBatch: 2,
      totalBatches: 2,
    });
    expect(status.failedActions).to.deep.equal([
      { actionId: execution.actions[7]?.actionId, title: 'Action 8', error: 'PermanentError', reason: 'denied' },
    ]);
    expect(status.outcomes[8]).to.include({ position: 8, outcome: 'PENDING', taskCount: 0 });
    expect(status.cost).to.deep.equal({ aiCalls: 7, inputTokens: 700, outputTokens: 350, estimatedUsd: 0.00245 });
    expect(status.estimatedSecondsRemaining).to.be.at.least(1);
  });

  it('ends at 100 % with a stop date, a summary and nothing remaining', async () => {
    const execution = await givenExecution(db, {
      actionCount: 2,
      saved: [0],
      ended: { status: 'TIMED_OUT', notify: 'pending' },
    });
    const { answer: status } = await getStatus(execution.executionArn, execution.userId, givenTools(db).tools, prices);
    expect(status).to.include({
      status: 'TIMED_OUT',
      progressPercentage: 100,
      estimatedSecondsRemaining: 0,
      currentState: 'Ended',
    });
    expect(status.stopDate).to.be.a('string');
    expect(status.summary).to.contain('1 of 2');
  });

  it("answers someone else's execution and an unknown one alike, with 404 (rule 5)", async () => {
    const { executionArn } = await givenExecution(db);
    for (const arn of [executionArn, `${executionArn}9`]) {
      expectRefusal(
        await failureOf(getStatus(arn, 'someone-else', givenTools(db).tools, prices)),
        404,
        'execution_not_found',
      );
    }
  });

  it('answers the state after a repair', async () => {
    const { executionArn, userId } = await givenExecution(db, { now: new Date(Date.now() - 911_000) });
    const { tools } = givenTools(db, { describe: async () => ({ status: 'ABORTED' }) });
    const { answer } = await getStatus(executionArn, userId, tools, prices);
    expect(answer).to.include({ status: 'ABORTED', progressPercentage: 100 });
  });

  it('has an entity tag that changes with every change, and with nothing but a change', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    const tagAfter = async (seconds: number) => {
      const { tools } = givenTools(db, {}, new Date(Date.now() + seconds * 1000));
      return statusEtag((await getStatus(execution.executionArn, execution.userId, tools, prices)).answer);
    };
    const first = await tagAfter(0);
    expect(first).to.match(/^W\/"[\w-]{22}"$/);
    expect(await tagAfter(20)).to.equal(first);
    expect(await tagAfter(100), 'its actions are slow').to.not.equal(first);
    await givenSaved(db, execution, [0]);
    const second = await tagAfter(0);
    expect(second).to.not.equal(first);
    await settle(repository, execution.executionArn, { status: 'FAILED', notify: 'machine' });
    expect([first, second]).to.not.include(await tagAfter(0));
  });

  it('answers what the repair left when the record is removed meanwhile', async () => {
    const { executionArn, userId, record } = await givenExecution(db, { now: new Date(Date.now() - 911_000) });
    const { tools } = givenTools(db, { describe: async () => ({ status: 'FAILED' }) });
    const reads = [
      { record, outcomes: [] },
      { record, outcomes: [] },
    ];
    const read = async () => reads.shift() ?? { record: undefined, outcomes: [] };
    const executions = Object.assign(tools.executions, { read });
    const { answer, pollAfterSeconds } = await getStatus(executionArn, userId, { ...tools, executions }, prices);
    expect(answer).to.include({ status: 'FAILED', totalActions: 0 });
    expect(pollAfterSeconds).to.equal(30);
  });
});
