import { getExecution, listOutcomes, updateOpenExecution } from '@goal-activity/core/execution/executions.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import type { OutcomeRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenExecution, givenSaved } from '../../../test/support/stack/goal.ts';
import { aggregateResults, unrecordedFailures } from '../src/aggregate-results.ts';

describe('aggregateResults', () => {
  const database = useDatabase();

  it('counts from the outcomes, not from the results that travelled (rule 6)', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 3 });
    await givenSaved(db, execution, [0, 1, 2]);
    const { executionArn, goalId, actions } = execution;
    const claimed = actions.map(({ actionId, position }) => ({
      actionId,
      position,
      outcome: 'FAILED' as const,
      taskCount: 0,
    }));
    expect(
      await aggregateResults(db, { executionArn, goalId, results: [claimed] }, createMemoryLog().log, new Date()),
    ).to.deep.equal({
      executionArn,
      goalId,
      status: 'SUCCEEDED',
      savedActions: 3,
      failedActions: 0,
      taskCount: 9,
    });
  });

  it('writes the failures that could not be written before, with their reasons', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 3 });
    await givenSaved(db, execution, [0]);
    const { executionArn, goalId, actions } = execution;
    const actionId = actions[1]?.actionId ?? '';
    const results = [
      [
        {
          actionId,
          position: 1,
          outcome: 'FAILED' as const,
          taskCount: 0,
          failure: { Error: 'BatchTimeout', Cause: 'over' },
        },
      ],
    ];
    const output = await aggregateResults(db, { executionArn, goalId, results }, createMemoryLog().log, new Date());
    expect(output).to.include({ status: 'PARTIALLY_SUCCEEDED', savedActions: 1, failedActions: 2 });
    const outcomes = await listOutcomes(db, executionArn);
    expect(outcomes[1]).to.include({ outcome: 'FAILED', error: 'BatchTimeout', reason: 'over' });
    expect(outcomes[2]).to.include({ outcome: 'FAILED', error: 'Unreported' });
  });

  it('says FAILED when nothing was saved', async () => {
    const db = database();
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 2 });
    expect(
      await aggregateResults(db, { executionArn, goalId, results: [] }, createMemoryLog().log, new Date()),
    ).to.include({
      status: 'FAILED',
      failedActions: 2,
    });
  });

  it('notes the state that comes next, and how many actions have ended', async () => {
    const db = database();
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 2 });
    await updateOpenExecution(db, executionArn, { currentState: 'ProcessBatches' });
    const { log, lines } = createMemoryLog();
    await aggregateResults(db, { executionArn, goalId, results: [] }, log, new Date());
    expect(await getExecution(db, executionArn)).to.include({ currentState: 'UpdateGoalStatus', processedActions: 2 });
    expect(lines).to.have.length(1);
  });
});

describe('unrecordedFailures', () => {
  const row = (position: number, outcome: OutcomeRow['outcome']): OutcomeRow => ({
    executionArn: 'arn',
    actionId: `a${position}`,
    position,
    title: 't',
    outcome,
    taskCount: 0,
  });

  it('are those of pending actions alone, with what their branch has said', () => {
    const outcomes = [row(0, 'SAVED'), row(1, 'PENDING'), row(2, 'FAILED'), row(3, 'CANCELLED'), row(4, 'PENDING')];
    const results = [0, 1, 2, 3].map((position) => ({
      actionId: `a${position}`,
      position,
      outcome: 'FAILED' as const,
      taskCount: 0,
      failure: { Error: `Error${position}`, Cause: `reason ${position}` },
    }));
    expect(unrecordedFailures(outcomes, results)).to.deep.equal([
      { position: 1, error: 'Error1', reason: 'reason 1' },
      { position: 4, error: 'Unreported', reason: 'The action ended without a result' },
    ]);
  });

  it('have a reason in words also where the error came without a cause, or with an empty one', () => {
    for (const failure of [{ Error: 'States.Timeout', Cause: '' }, { Error: 'States.Timeout' }]) {
      const result = { actionId: 'a0', position: 0, outcome: 'FAILED' as const, taskCount: 0, failure };
      expect(unrecordedFailures([row(0, 'PENDING')], [result])).to.deep.equal([
        { position: 0, error: 'States.Timeout', reason: 'The step did not answer in time' },
      ]);
    }
  });
});
