import { expect } from 'chai';
import { claimMetrics, noteTold } from '../../src/execution/due.ts';
import type { Row } from '../../src/execution/records.ts';
import { settle } from '../../src/execution/settle.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { useTables } from '../support/tables.ts';

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

  it('gives those that are open page by page, oldest first, and apart from them those that are not archived', async () => {
    const ago = (age: number) => givenExecution({ actionCount: 1, now: new Date(now.getTime() - age) });
    const given = await Promise.all([30_000, 10_000, 50_000, 20_000, 40_000].map(ago));
    const ended = given[0]?.executionArn ?? '';
    await settle(executions, ended, { status: 'FAILED', notify: 'machine' });
    await claimMetrics(executions, ended, 'a test');
    await noteTold(executions, ended, 'machine');
    const arnsOf = async (pages: AsyncIterable<readonly Row[]>) => {
      const arns: unknown[][] = [];
      for await (const rows of pages) arns.push(rows.map(({ executionArn }) => executionArn));
      return arns;
    };
    expect((await arnsOf(executions.unarchivedPages())).flat()).to.deep.equal([ended]);
    const pages = await arnsOf(executions.openPages(2));
    expect(pages.flat().slice(0, 4)).to.deep.equal([2, 4, 3, 1].map((index) => given[index]?.executionArn));
    expect(Math.max(...pages.map(({ length }) => length))).to.equal(2);
  });
});
