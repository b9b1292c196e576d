import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved, saveInput } from '../../../../test/support/stack/goal.ts';
import { saveTasks } from '../../../save-tasks/src/save-tasks.ts';
import {
  percentageOf,
  progressFields,
  readProgress,
  recordProgress,
  renewProgress,
} from '../../src/execution/progress.ts';
import { settle } from '../../src/execution/settle.ts';
import { outcomeRow } from '../support/rows.ts';
import { watched } from '../support/watched.ts';

const now = new Date('2026-11-24T00:00:10.000Z');
const later = (ms: number) => new Date(now.getTime() + ms);

describe('percentageOf', () => {
  it('never rounds up, and is 0 of nothing', () => {
    expect([percentageOf(2, 3), percentageOf(199, 200), percentageOf(3, 3), percentageOf(0, 0)]).to.deep.equal([
      66, 99, 100, 0,
    ]);
  });
});

describe('progressFields', () => {
  it('say what the outcomes say: counts, usage, percentage and estimate, and when that was', () => {
    const usage = { inputTokens: 100, outputTokens: 50 };
    const outcomes = [
      outcomeRow(0, { usage }),
      outcomeRow(1, { outcome: 'FAILED', taskCount: 0 }),
      outcomeRow(2, { outcome: 'PENDING', taskCount: 0 }),
    ];
    expect(progressFields({ confirmedAt: later(-4_000).toISOString() }, outcomes, now)).to.deep.equal({
      processedActions: 2,
      savedActions: 1,
      failedActions: 1,
      taskCount: 3,
      usage: { aiCalls: 1, inputTokens: 100, outputTokens: 50 },
      progressPercentage: 66,
      estimatedSecondsRemaining: 11,
      progressAt: now.toISOString(),
    });
  });
});

describe('readProgress', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('knows the latencies, the times and the failed attempts that the estimate goes by', async () => {
    const execution = await givenExecution(db, { actionCount: 3, now });
    const usage = { inputTokens: 100, outputTokens: 50, latencyMs: 90_000 };
    await saveTasks(executionsOf(db, later(1_000)), { ...saveInput(execution, 0, 1, now), usage }, 300_000);
    const { outcomes } = await readProgress(executions, execution.executionArn);
    expect(outcomes[0]).to.deep.include({ usage, failedAttempts: {}, updatedAt: later(1_000).toISOString() });
  });

  it('says which kind of row it cannot read', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1, now });
    await executions.changeOpen(executionArn, { progressAt: 'soon' });
    expect((await failureOf(readProgress(executions, executionArn))).message).to.match(
      /^An execution row .*progressAt/,
    );
    await executions.changeOpen(executionArn, { progressAt: now.toISOString() });
    await db.client.send(new PutCommand({ TableName: db.executions, Item: { executionArn, sk: 'ACTION#63' } }));
    expect((await failureOf(readProgress(executions, executionArn))).message).to.match(/^An outcome row .*outcome/);
  });
});

describe('recordProgress', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('writes what the outcomes say, and never a smaller count over a larger one', async () => {
    const execution = await givenExecution(db, { actionCount: 3, now });
    const { executionArn } = execution;
    await givenSaved(db, execution, [0]);
    await executionsOf(db, now).endOutcome(executionArn, 1, { outcome: 'FAILED', error: 'E', reason: 'r' });
    const { record, outcomes } = await readProgress(executions, executionArn);
    expect(record).to.include({ confirmedAt: now.toISOString() });
    expect(outcomes.map(({ outcome, taskCount, usage }) => ({ outcome, taskCount, usage }))).to.deep.equal([
      { outcome: 'SAVED', taskCount: 3, usage: { inputTokens: 100, outputTokens: 50 } },
      { outcome: 'FAILED', taskCount: 0, usage: undefined },
      { outcome: 'PENDING', taskCount: 0, usage: undefined },
    ]);
    const written = later(1_000);
    await recordProgress(executionsOf(db, written), executionArn);
    expect(await executions.get(executionArn)).to.deep.include(progressFields(record, outcomes, written));
    await executions.changeOpen(executionArn, { processedActions: 3, savedActions: 2 });
    await recordProgress(executionsOf(db, later(2_000)), executionArn);
    expect(await executions.get(executionArn)).to.include({
      processedActions: 3,
      savedActions: 2,
      progressAt: written.toISOString(),
    });
  });

  it('writes at the end of a batch however young the record is', async () => {
    const execution = await givenExecution(db, { actionCount: 2, now });
    const { executionArn } = execution;
    await recordProgress(executionsOf(db, later(1_000)), executionArn);
    await givenSaved(db, execution, [0]);
    await recordProgress(executionsOf(db, later(999)), executionArn);
    expect(await executions.get(executionArn)).to.include({ processedActions: 1, progressPercentage: 50 });
  });

  it('writes nothing for an execution that there is not', async () => {
    await recordProgress(executionsOf(db, now), 'unknown');
    expect(await executions.get('unknown')).to.equal(undefined);
  });
});

describe('renewProgress', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('leaves a record alone that was written within the grace, without a write', async () => {
    const execution = await givenExecution(db, { actionCount: 2, now });
    const { executionArn } = execution;
    await renewProgress(executionsOf(db, now), executionArn, 10_000);
    await givenSaved(db, execution, [0]);
    const { db: asked, inputs } = watched(db);
    expect(await renewProgress(executionsOf(asked, later(9_999)), executionArn, 10_000)).to.deep.equal(now);
    expect(inputs).to.have.length(1);
    expect(await executions.get(executionArn)).to.include({ processedActions: 0 });
    expect(await renewProgress(executionsOf(db, later(10_000)), executionArn, 10_000)).to.deep.equal(later(10_000));
    expect(await executions.get(executionArn)).to.include({
      processedActions: 1,
      progressAt: later(10_000).toISOString(),
    });
  });

  it('is written once in the grace, however many processes find it old at the same time', async () => {
    const execution = await givenExecution(db, { actionCount: 4, now });
    await recordProgress(executionsOf(db, now), execution.executionArn);
    const { version = 0 } = (await executions.get(execution.executionArn)) ?? {};
    await givenSaved(db, execution, [0, 1]);
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        renewProgress(executionsOf(db, later(10_000 + 100 * index)), execution.executionArn, 10_000),
      ),
    );
    expect(await executions.get(execution.executionArn)).to.include({
      version: version + 1,
      processedActions: 2,
    });
  });

  it('never writes a smaller count over a larger one', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 3, now });
    await executions.changeOpen(executionArn, { processedActions: 1, progressAt: now.toISOString() });
    await renewProgress(executionsOf(db, later(60_000)), executionArn, 10_000);
    expect(await executions.get(executionArn)).to.include({ processedActions: 1, progressAt: now.toISOString() });
  });

  it('writes nothing once the execution has ended', async () => {
    const { executionArn } = await givenExecution(db, { now });
    await settle(executionsOf(db, later(2_000)), executionArn, { status: 'ABORTED', notify: 'pending' });
    await renewProgress(executionsOf(db, later(60_000)), executionArn, 10_000);
    expect(await executions.get(executionArn)).to.include({
      progressPercentage: 100,
      estimatedSecondsRemaining: 0,
      progressAt: later(2_000).toISOString(),
    });
  });
});
