import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { saveInput } from '../../../../test/support/stack/goal.ts';
import { saveTasks } from '../../../save-tasks/src/save-tasks.ts';
import { Executions } from '../../src/execution/executions.ts';
import {
  percentageOf,
  progressFields,
  readProgress,
  recordProgress,
  renewProgress,
} from '../../src/execution/progress.ts';
import { watched } from '../support/failing.ts';
import { outcomeRow } from '../support/rows.ts';
import { useTables } from '../support/tables.ts';

const now = new Date('2026-11-24T00:00:10.000Z');
const later = (ms: number) => new Date(now.getTime() + ms);

describe('the fields of progress', () => {
  it('never round up, and are 0 of nothing', () => {
    const percentages = [percentageOf(2, 3), percentageOf(199, 200), percentageOf(3, 3), percentageOf(0, 0)];
    expect(percentages).to.deep.equal([66, 99, 100, 0]);
  });

  it('say what the outcomes say: counts, usage, percentage and estimate, and when that was', () => {
    const outcomes = [
      outcomeRow(0, { usage: { inputTokens: 100, outputTokens: 50 } }),
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

describe('progress', () => {
  const { db, executions, executionsAt, givenExecution, givenSaved } = useTables();
  const record = (executionArn: string, at: Date) => recordProgress(executionsAt(at), executionArn);
  const renew = (executionArn: string, at: Date, on = db) => renewProgress(executionsOf(on, at), executionArn, 10_000);

  it('says which kind of row it cannot read', async () => {
    const { executionArn } = await givenExecution({ actionCount: 1, now });
    await executions.changeOpen(executionArn, { progressAt: 'soon' });
    const ofRecord = await failureOf(readProgress(executions, executionArn));
    expect(ofRecord.message).to.match(/^An execution row .*progressAt/);
    await executions.changeOpen(executionArn, { progressAt: now.toISOString() });
    await db.client.send(new PutCommand({ TableName: db.executions, Item: { executionArn, sk: 'ACTION#63' } }));
    const ofOutcome = await failureOf(readProgress(executions, executionArn));
    expect(ofOutcome.message).to.match(/^An outcome row .*outcome/);
  });

  it('is read with all that the estimate goes by, and written as the outcomes say, never with a smaller count over a larger one', async () => {
    const execution = await givenExecution({ now });
    const { executionArn } = execution;
    const usage = { inputTokens: 100, outputTokens: 50, latencyMs: 90_000 };
    const saved = { ...saveInput(execution, 0, 1, now), usage };
    await saveTasks(executionsAt(later(1_000)), saved, 300_000);
    await executions.endOutcome(executionArn, 1, { outcome: 'FAILED', error: 'E', reason: 'r' });
    const found = await readProgress(executions, executionArn);
    expect(found.record).to.include({ confirmedAt: now.toISOString() });
    expect(found.outcomes.map(({ outcome, taskCount }) => [outcome, taskCount])).to.deep.equal([
      ['SAVED', 1],
      ['FAILED', 0],
      ['PENDING', 0],
    ]);
    const times = { updatedAt: later(1_000).toISOString(), failedAttempts: {} };
    expect(found.outcomes[0]).to.deep.include({ usage, ...times });
    // However young what was written is.
    for (const at of [later(1_000), later(999)]) {
      await record(executionArn, at);
      const fields = progressFields(found.record, found.outcomes, at);
      expect(await executions.get(executionArn)).to.deep.include(fields);
    }
    await executions.changeOpen(executionArn, { processedActions: 3, savedActions: 2 });
    await record(executionArn, later(2_000));
    const kept = { processedActions: 3, savedActions: 2, progressAt: later(999).toISOString() };
    expect(await executions.get(executionArn)).to.include(kept);
    await record('unknown', now);
    expect(await executions.get('unknown')).to.equal(undefined);
  });

  it('names a moment of which it is true: none after its read', async () => {
    for (const write of [recordProgress, renewProgress]) {
      const { executionArn } = await givenExecution({ actionCount: 1, now });
      let time = now;
      const { db: slow } = watched(db, (answer) => {
        time = later(1_000);
        return answer;
      });
      await write(new Executions(slow, { now: () => time }), executionArn, 10_000);
      expect(await executions.get(executionArn), write.name).to.include({ progressAt: now.toISOString() });
    }
  });

  it('is left alone, without a write, when it was written within the grace', async () => {
    const execution = await givenExecution({ actionCount: 2, now });
    const { executionArn } = execution;
    await renew(executionArn, now);
    await givenSaved(execution, [0]);
    const { db: asked, inputs } = watched(db);
    expect(await renew(executionArn, later(9_999), asked)).to.deep.equal(now);
    expect(inputs).to.have.length(1);
    expect(await executions.get(executionArn)).to.include({ processedActions: 0 });
    expect(await renew(executionArn, later(10_000))).to.deep.equal(later(10_000));
    const written = { processedActions: 1, progressPercentage: 50, progressAt: later(10_000).toISOString() };
    expect(await executions.get(executionArn)).to.include(written);
  });

  it('is renewed once in the grace, however many processes find it old at the same time', async () => {
    const execution = await givenExecution({ actionCount: 4, now });
    const { executionArn } = execution;
    await record(executionArn, now);
    const { version = 0 } = (await executions.get(executionArn)) ?? {};
    await givenSaved(execution, [0, 1]);
    await Promise.all(Array.from({ length: 12 }, (_, index) => renew(executionArn, later(10_000 + 100 * index))));
    expect(await executions.get(executionArn)).to.include({ version: version + 1, processedActions: 2 });
  });

  it('is never renewed with a smaller count, nor once the execution has ended', async () => {
    const { executionArn } = await givenExecution({ now });
    const before = { processedActions: 1, progressAt: now.toISOString() };
    await executions.changeOpen(executionArn, before);
    await renew(executionArn, later(60_000));
    expect(await executions.get(executionArn)).to.include(before);
    const { record: ended } = await givenExecution({ now, ended: { status: 'ABORTED', notify: 'pending' } });
    await renew(ended.executionArn, later(600_000_000_000));
    expect(await executions.get(ended.executionArn)).to.deep.equal(ended);
  });
});
