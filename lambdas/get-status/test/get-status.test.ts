import type { Database } from '@goal-activity/core/aws/database.ts';
import { endOutcome, readExecution } from '@goal-activity/core/execution/executions.ts';
import { settle } from '@goal-activity/core/workflow/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenExecution, givenSaved, saveInput } from '../../../test/support/stack/goal.ts';
import { unnoticed } from '../../core/test/support/ends.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { saveTasks } from '../../save-tasks/src/save-tasks.ts';
import { type Collaborators, getStatus, statusEtag } from '../src/get-status.ts';

const given = (db: Database): Collaborators => ({
  read: (executionArn) => readExecution(db, executionArn),
  repair: async (record) => record,
  prices: { input: 1, output: 5 },
  now: () => new Date(),
});

describe('getStatus', () => {
  const database = useDatabase();

  it('answers progress, outcomes, failures with titles and reasons, and the cost so far', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 9 });
    await givenSaved(db, execution, [0, 1, 2, 3, 4, 5]);
    const usage = { inputTokens: 100, outputTokens: 50, latencyMs: 1234 };
    await saveTasks(db, { ...saveInput(execution, 6), usage }, 300_000, new Date());
    await endOutcome(
      db,
      execution.executionArn,
      7,
      { outcome: 'FAILED', error: 'PermanentError', reason: 'denied' },
      new Date(),
    );
    const { answer: status } = await getStatus(execution.executionArn, execution.userId, given(db));
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
    const db = database();
    const execution = await givenExecution(db, { actionCount: 2 });
    await givenSaved(db, execution, [0]);
    await settle(db, execution.executionArn, { status: 'TIMED_OUT', notify: 'pending' }, new Date(), unnoticed);
    const { answer: status } = await getStatus(execution.executionArn, execution.userId, given(db));
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
    const db = database();
    const { executionArn } = await givenExecution(db);
    for (const arn of [executionArn, `${executionArn}9`]) {
      expectRefusal(await failureOf(getStatus(arn, 'someone-else', given(db))), 404, 'execution_not_found');
    }
  });

  it('answers the state after a repair', async () => {
    const db = database();
    const { executionArn, userId } = await givenExecution(db);
    const repair: Collaborators['repair'] = async (record) =>
      (await settle(db, executionArn, { status: 'ABORTED', notify: 'pending' }, new Date(), unnoticed)) ?? record;
    expect((await getStatus(executionArn, userId, { ...given(db), repair })).answer).to.include({
      status: 'ABORTED',
      progressPercentage: 100,
    });
  });

  it('has an entity tag that changes with every change, and with nothing but a change', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 2 });
    const tagAfter = async (seconds: number) => {
      const now = () => new Date(Date.now() + seconds * 1000);
      return statusEtag((await getStatus(execution.executionArn, execution.userId, { ...given(db), now })).answer);
    };
    const first = await tagAfter(0);
    expect(first).to.match(/^W\/"[\w-]{22}"$/);
    expect(await tagAfter(20)).to.equal(first);
    expect(await tagAfter(100), 'its actions are slow').to.not.equal(first);
    await givenSaved(db, execution, [0]);
    const second = await tagAfter(0);
    expect(second).to.not.equal(first);
    await settle(db, execution.executionArn, { status: 'FAILED', notify: 'machine' }, new Date(), unnoticed);
    expect([first, second]).to.not.include(await tagAfter(0));
  });

  it('answers what the repair left when the record is removed meanwhile', async () => {
    const db = database();
    const { executionArn, userId, record } = await givenExecution(db);
    let reads = 0;
    const read: Collaborators['read'] = async () => {
      reads += 1;
      return { record: reads === 1 ? record : undefined, outcomes: [] };
    };
    const repair: Collaborators['repair'] = async () => ({ ...record, status: 'FAILED' });
    const { answer, pollAfterSeconds } = await getStatus(executionArn, userId, { ...given(db), read, repair });
    expect(answer).to.include({ status: 'FAILED' });
    expect(pollAfterSeconds).to.equal(30);
    expect(reads).to.equal(2);
  });
});
