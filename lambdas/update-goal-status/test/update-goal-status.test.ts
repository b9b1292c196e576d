import type { Database } from '@goal-activity/core/aws/database.ts';
import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { noteEnds } from '../../core/test/support/ends.ts';
import { cancelled, failing } from '../../core/test/support/failing.ts';
import { updateGoalStatus } from '../src/update-goal-status.ts';

const runbookUrl = 'https://example.com/operations.md';

/** Settles as the last step of a run, noting what it reports once. */
function given(db: Database) {
  const { onEnded, ends } = noteEnds();
  return {
    ends,
    run: (executionArn: string) => updateGoalStatus(executionsOf(db, undefined, onEnded), executionArn, runbookUrl),
  };
}

const failed = (error: string) => ({ outcome: 'FAILED', error, reason: 'r' }) as const;

describe('updateGoalStatus', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('says SUCCEED, and reports the end with record and outcomes', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0, 1] });
    const { run, ends } = given(db);
    expect(await run(execution.executionArn)).to.deep.equal({
      executionArn: execution.executionArn,
      status: 'SUCCEEDED',
      next: 'SUCCEED',
    });
    expect(ends).to.have.length(1);
    expect(ends[0]?.record).to.include({ status: 'SUCCEEDED', savedActions: 2, failedActions: 0, taskCount: 6 });
    expect(ends[0]?.outcomes.map(({ outcome }) => outcome)).to.deep.equal(['SAVED', 'SAVED']);
  });

  it('gives the same answer when it is asked again, because its first answer was lost, and reports one end', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    await executions.endOutcome(execution.executionArn, 1, failed('PermanentError'));
    const { run, ends } = given(db);
    const first = await run(execution.executionArn);
    expect(first).to.include({ status: 'PARTIALLY_SUCCEEDED', next: 'NOTIFY_PARTIAL' });
    expect(await run(execution.executionArn)).to.deep.equal(first);
    expect(ends).to.have.length(1);
  });

  it('writes a message that a person can act on: counts, goal, execution, failed actions, link', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    await executions.endOutcome(execution.executionArn, 1, failed('PermanentError'));
    const { notification } = await given(db).run(execution.executionArn);
    expect(notification?.subject).to.match(/^[\x20-\x7e]{1,100}$/);
    for (const fact of [
      '1 of 2 actions saved',
      execution.goalId,
      execution.executionArn,
      '#2',
      'PermanentError',
      'console.aws.amazon.com',
    ]) {
      expect(notification?.message).to.contain(fact);
    }
    expect(notification?.message.split('\n').at(-1)).to.equal(`Runbook: ${runbookUrl}#some-actions-failed`);
  });

  it('escalates when several actions are out of retries, and does not for refusals (requirement 8)', async () => {
    for (const [error, next, anchor] of [
      ['TransientError', 'ESCALATE_PARTIAL', 'several-actions-out-of-retries'],
      ['PermanentError', 'NOTIFY_PARTIAL', 'some-actions-failed'],
    ] as const) {
      const execution = await givenExecution(db, { actionCount: 4, saved: [0] });
      for (const position of [1, 2, 3]) await executions.endOutcome(execution.executionArn, position, failed(error));
      const settlement = await given(db).run(execution.executionArn);
      expect(settlement).to.include({ next });
      expect(settlement.notification?.message).to.contain(`Runbook: ${runbookUrl}#${anchor}`);
    }
  });

  it('tells the machine to notify of a failure when nothing was saved, and the goal is failed', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    await executions.endOutcome(execution.executionArn, 0, failed('PermanentError'));
    expect(await given(db).run(execution.executionArn)).to.include({
      status: 'FAILED',
      next: 'NOTIFY_FAILURE',
    });
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'failed' });
  });

  it('does nothing, and lets nobody be told, while the execution is being cancelled', async () => {
    const execution = await givenExecution(db, {
      actionCount: 1,
      cancelled: { cancelRequestedAt: new Date().toISOString() },
    });
    expect(await given(db).run(execution.executionArn)).to.include({
      next: 'NONE',
    });
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'processing' });
  });

  it('refuses an execution without a record', async () => {
    const error = await failureOf(given(db).run('arn:aws:states:x:1:execution:m:none'));
    expect(error.name).to.equal('ValidationError');
  });

  it('fails when the record could not be closed although nobody else has closed it', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    const refusing = failing(db, (command) =>
      command === 'TransactWriteCommand' ? cancelled('ConditionalCheckFailed', 'None') : undefined,
    );
    const { run, ends } = given(refusing);
    expect((await failureOf(run(executionArn))).name).to.equal('PermanentError');
    expect(ends).to.deep.equal([]);
  });
});
