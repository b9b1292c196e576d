import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { claimMetrics, leaveIndex, leaveSweep, noteTold } from '../../src/execution/due.ts';
import { type Row, RUNNING, shardOf } from '../../src/execution/records.ts';
import { settle } from '../../src/execution/settle.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { useTables } from '../support/tables.ts';

async function pagesOf(pages: AsyncIterable<readonly Row[]>): Promise<(readonly Row[])[]> {
  const found: (readonly Row[])[] = [];
  for await (const rows of pages) found.push(rows);
  return found;
}

describe('Executions', () => {
  const { executionsAt, givenExecution } = useTables();
  const now = new Date();
  const executions = executionsAt(now);

  it('notes each state once in the record and in the log, in their order: a call that comes late or again changes and logs nothing (requirement 7)', async () => {
    const { executionArn } = await givenExecution();
    const { log, lines } = createMemoryLog();
    const states = ['GetActions', 'ProcessBatches', 'UpdateGoalStatus'] as const;
    for (const [index, state] of states.entries()) {
      expect(await executions.enterState(log, executionArn, state, { processedActions: index + 1 })).to.equal(true);
      const entered = await executions.get(executionArn);
      expect(entered).to.include({ currentState: state, processedActions: index + 1 });
      for (const late of states.slice(0, index + 1))
        expect(await executions.enterState(log, executionArn, late, { processedActions: 0 })).to.equal(false);
      expect(await executions.get(executionArn)).to.deep.equal(entered);
    }
    const said = lines.map(({ message, executionArn: arn, state }) => [message, arn, state]);
    expect(said).to.deep.equal(states.map((state) => ['state entered', executionArn, state]));
  });

  it('ends a pending action once, with a reason that fits into its row, and makes none for an action that there is not', async () => {
    const { executionArn } = await givenExecution({ actionCount: 2 });
    const failed = { outcome: 'FAILED', error: 'E'.repeat(101), reason: 'r'.repeat(301) } as const;
    const cancelled = { outcome: 'CANCELLED' } as const;
    expect(await executions.endOutcome(executionArn, 0, failed)).to.equal(true);
    expect(await executions.endOutcome(executionArn, 0, cancelled)).to.equal(false);
    expect(await executions.endOutcome(executionArn, 1, cancelled)).to.equal(true);
    expect(await executions.endOutcome(executionArn, 7, cancelled)).to.equal(false);
    const updatedAt = now.toISOString();
    const [first, second, ...others] = await executions.outcomes(executionArn);
    const shortened = { error: 'E'.repeat(100), reason: 'r'.repeat(300) };
    expect(first).to.include({ outcome: 'FAILED', ...shortened, updatedAt });
    expect(second)
      .to.include({ ...cancelled, updatedAt })
      .and.not.have.any.keys('error', 'reason');
    expect(others).to.deep.equal([]);
  });
});

describe('the index of executions', () => {
  const { executionsAt, givenExecution } = useTables();
  const executions = executionsAt(new Date());
  const arnsOf = (pages: readonly (readonly Row[])[]) =>
    pages.map((rows) => rows.map(({ executionArn }) => executionArn));
  const unarchived = () => pagesOf(executions.unarchivedPages());

  it('gives the open executions page by page, and apart from them those that are not archived', async () => {
    const given = await Promise.all(Array.from({ length: 40 }, () => givenExecution({ actionCount: 1 })));
    expect(await executions.countOpen()).to.equal(40);
    const [ended = '', ...open] = given.map(({ executionArn }) => executionArn);
    await settle(executions, ended, { status: 'FAILED', notify: 'machine' });
    await claimMetrics(executions, ended, 'a test');
    await noteTold(executions, ended, 'machine');
    expect(arnsOf(await unarchived()).flat()).to.deep.equal([ended]);
    const pages = arnsOf(await pagesOf(executions.openPages(2)));
    expect(pages.flat()).to.have.members(open);
    // Two a partition.
    expect(Math.max(...pages.map(({ length }) => length))).to.be.at.most(16);
    expect(await executions.countOpen()).to.equal(39);
  });

  it('spreads them over eight partitions, evenly', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 8_000; index += 1) {
      const name = createHash('sha1').update(String(index)).digest('hex');
      const shard = shardOf(RUNNING, `arn:aws:states:ap-northeast-1:123456789012:execution:m:${name}-1`);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    const others = Array.from({ length: 7 }, (_, index) => `RUNNING#${index + 1}`);
    expect([...counts.keys()]).to.have.members(['RUNNING', ...others]);
    for (const [shard, count] of counts) expect(count, shard).to.be.within(850, 1_150);
  });

  it('gives the oldest of each partition first, and knows those from when there was one', async () => {
    const partitions = new Map<string, string[]>();
    for (const rows of await pagesOf(executions.openPages())) {
      for (const { runningShard, startedAt } of rows) {
        const shard = String(runningShard);
        partitions.set(shard, [...(partitions.get(shard) ?? []), String(startedAt)]);
      }
    }
    for (const times of partitions.values()) expect(times).to.deep.equal(times.toSorted());
    const { executionArn } = await givenExecution({ actionCount: 1 });
    await executions.change(executionArn, { set: { runningShard: 'RUNNING', metrics: 'sent', notify: 'sent' } });
    await leaveSweep(executions, executionArn);
    expect(arnsOf(await unarchived()).flat()).to.include(executionArn);
    await executions.change(executionArn, { set: { runningShard: 'UNARCHIVED' } });
    await leaveIndex(executions, executionArn);
    expect(arnsOf(await unarchived()).flat()).not.to.include(executionArn);
  });
});
