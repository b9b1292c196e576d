import { endOutcome, updateOpenExecution } from '@goal-activity/core/executions.ts';
import { getGoal } from '@goal-activity/core/goals.ts';
import { createMemoryLog } from '@goal-activity/core/logger.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { failureOf } from '../../../test/support/failure.ts';
import { givenExecution, givenSaved } from '../../../test/support/goal.ts';
import { updateGoalStatus } from '../src/update-goal-status.ts';

const failed = (error: string) => ({ outcome: 'FAILED', error, reason: 'r' }) as const;

describe('updateGoalStatus', () => {
  const database = useDatabase();

  it('says SUCCEED, and logs the end with counts and duration', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 2 });
    await givenSaved(db, execution, [0, 1]);
    const { log, lines } = createMemoryLog();
    expect(await updateGoalStatus(db, execution.executionArn, log, new Date())).to.deep.equal({
      executionArn: execution.executionArn,
      status: 'SUCCEEDED',
      next: 'SUCCEED',
    });
    expect(lines.map(({ message }) => message)).to.deep.equal(['execution ended']);
    expect(lines[0]).to.include({ status: 'SUCCEEDED', savedActions: 2, failedActions: 0, taskCount: 6 });
    expect(lines[0]?.durationMs).to.be.at.least(0);
  });

  it('gives the same answer when it is asked again, because its first answer was lost', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 2 });
    await givenSaved(db, execution, [0]);
    await endOutcome(db, execution.executionArn, 1, failed('PermanentError'), new Date());
    const { log } = createMemoryLog();
    const first = await updateGoalStatus(db, execution.executionArn, log, new Date());
    expect(first).to.include({ status: 'PARTIALLY_SUCCEEDED', next: 'NOTIFY_PARTIAL' });
    expect(await updateGoalStatus(db, execution.executionArn, log, new Date())).to.deep.equal(first);
  });

  it('writes a message that a person can act on: counts, goal, execution, failed actions, link', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 2 });
    await givenSaved(db, execution, [0]);
    await endOutcome(db, execution.executionArn, 1, failed('PermanentError'), new Date());
    const { notification } = await updateGoalStatus(db, execution.executionArn, createMemoryLog().log, new Date());
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
  });

  it('escalates when several actions are out of retries, and does not for refusals (requirement 8)', async () => {
    const db = database();
    for (const [error, next] of [
      ['TransientError', 'ESCALATE_PARTIAL'],
      ['PermanentError', 'NOTIFY_PARTIAL'],
    ] as const) {
      const execution = await givenExecution(db, { actionCount: 4 });
      await givenSaved(db, execution, [0]);
      for (const position of [1, 2, 3])
        await endOutcome(db, execution.executionArn, position, failed(error), new Date());
      expect(await updateGoalStatus(db, execution.executionArn, createMemoryLog().log, new Date())).to.include({
        next,
      });
    }
  });

  it('warns with advice when a run was degraded (requirement 12)', async () => {
    const db = database();
    const now = new Date();
    const execution = await givenExecution(db, { actionCount: 1, now: new Date(now.getTime() - 60_000) });
    await givenSaved(db, execution, [0]);
    const { log, lines } = createMemoryLog();
    await updateGoalStatus(db, execution.executionArn, log, now);
    expect(lines[1]).to.include({ level: 'warn', durationMs: 60_000 });
    expect(lines[1]?.advice).to.contain('slow');
  });

  it('tells the machine to notify of a failure when nothing was saved, and the goal is failed', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 1 });
    await endOutcome(db, execution.executionArn, 0, failed('PermanentError'), new Date());
    expect(await updateGoalStatus(db, execution.executionArn, createMemoryLog().log, new Date())).to.include({
      status: 'FAILED',
      next: 'NOTIFY_FAILURE',
    });
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'failed' });
  });

  it('does nothing, and lets nobody be told, while the execution is being cancelled', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 1 });
    await updateOpenExecution(db, execution.executionArn, { cancelRequestedAt: new Date().toISOString() });
    expect(await updateGoalStatus(db, execution.executionArn, createMemoryLog().log, new Date())).to.include({
      next: 'NONE',
    });
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'processing' });
  });

  it('refuses an execution without a record', async () => {
    const error = await failureOf(
      updateGoalStatus(database(), 'arn:aws:states:x:1:execution:m:none', createMemoryLog().log, new Date()),
    );
    expect(error.name).to.equal('ValidationError');
  });
});
