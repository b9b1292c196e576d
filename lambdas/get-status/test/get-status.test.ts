import type { Database } from '@goal-activity/core/database.ts';
import { endOutcome, getExecution, listOutcomes } from '@goal-activity/core/executions.ts';
import { settle } from '@goal-activity/core/settle.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { failureOf } from '../../../test/support/failure.ts';
import { givenExecution, givenSaved } from '../../../test/support/goal.ts';
import { type Collaborators, getStatus } from '../src/get-status.ts';

const given = (db: Database): Collaborators => ({
  getExecution: (executionArn) => getExecution(db, executionArn),
  listOutcomes: (executionArn) => listOutcomes(db, executionArn),
  repair: async (record) => record,
  prices: { input: 1, output: 5 },
  now: () => new Date(),
});

describe('getStatus', () => {
  const database = useDatabase();

  it('answers progress, outcomes, failures with titles and reasons, and the cost so far', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 9 });
    await givenSaved(db, execution, [0, 1, 2, 3, 4, 5, 6]);
    await endOutcome(
      db,
      execution.executionArn,
      7,
      { outcome: 'FAILED', error: 'PermanentError', reason: 'denied' },
      new Date(),
    );
    const status = await getStatus(execution.executionArn, execution.userId, given(db));
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
    await settle(db, execution.executionArn, { status: 'TIMED_OUT', notify: 'pending' }, new Date());
    const status = await getStatus(execution.executionArn, execution.userId, given(db));
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
      expect(await failureOf(getStatus(arn, 'someone-else', given(db)))).to.include({
        status: 404,
        code: 'execution_not_found',
      });
    }
  });

  it('answers the state after a repair', async () => {
    const db = database();
    const { executionArn, userId } = await givenExecution(db);
    const repair: Collaborators['repair'] = async (record) =>
      (await settle(db, executionArn, { status: 'ABORTED', notify: 'pending' }, new Date())) ?? record;
    expect(await getStatus(executionArn, userId, { ...given(db), repair })).to.include({
      status: 'ABORTED',
      progressPercentage: 100,
    });
  });
});
