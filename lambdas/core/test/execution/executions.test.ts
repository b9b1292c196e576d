import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { claimMetrics, noteTold } from '../../src/execution/due.ts';
import { isOpen } from '../../src/execution/records.ts';
import { settle } from '../../src/execution/settle.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { failing } from '../support/failing.ts';
import { executionRow } from '../support/rows.ts';

describe('enterState', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('notes the state in the record and in the log, with the execution (requirement 7)', async () => {
    const { executionArn } = await givenExecution(db);
    const { log, lines } = createMemoryLog();
    expect(await executions.enterState(log, executionArn, 'GetActions', { processedActions: 1 })).to.equal(true);
    expect(await executions.get(executionArn)).to.include({ currentState: 'GetActions', processedActions: 1 });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ message: 'state entered', executionArn, state: 'GetActions' });
  });

  it('is done once a state, in their order: a call that comes late or again changes and logs nothing', async () => {
    const { executionArn } = await givenExecution(db);
    const { log, lines } = createMemoryLog();
    const states = ['GetActions', 'ProcessBatches', 'UpdateGoalStatus'] as const;
    for (const [index, state] of states.entries()) {
      expect(await executions.enterState(log, executionArn, state)).to.equal(true);
      await executions.changeOpen(executionArn, { processedActions: 2 });
      const before = await executions.get(executionArn);
      for (const late of states.slice(0, index + 1)) {
        expect(await executions.enterState(log, executionArn, late, { processedActions: 0 })).to.equal(false);
      }
      expect(await executions.get(executionArn)).to.deep.equal(before);
    }
    expect(lines.map(({ state }) => state)).to.deep.equal([...states]);
  });

  it('changes and logs nothing once the execution has ended', async () => {
    const { executionArn } = await givenExecution(db, { ended: { status: 'ABORTED', notify: 'pending' } });
    const { log, lines } = createMemoryLog();
    expect(await executions.enterState(log, executionArn, 'GetActions')).to.equal(false);
    expect(await executions.get(executionArn)).to.include({ currentState: 'Ended' });
    expect(lines).to.deep.equal([]);
  });

  it('passes on a fault of the database, and logs nothing', async () => {
    const { executionArn } = await givenExecution(db);
    const fault = new Error('gone');
    const { log, lines } = createMemoryLog();
    const broken = failing(db, () => fault);
    expect(await failureOf(executionsOf(broken).enterState(log, executionArn, 'GetActions'))).to.equal(fault);
    expect(lines).to.deep.equal([]);
  });
});

describe('isOpen', () => {
  it('is a record that runs and is not being cancelled', () => {
    const open = executionRow({ status: 'RUNNING' });
    const others = [undefined, { ...open, status: 'ABORTED' as const }, { ...open, cancelRequestedAt: open.startedAt }];
    expect([open, ...others].map(isOpen)).to.deep.equal([true, false, false, false]);
  });
});

describe('endOutcome', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const end = { outcome: 'FAILED', error: 'E', reason: 'r' } as const;

  it('ends a pending action once, with a reason that fits into its row', async () => {
    const { executionArn } = await givenExecution(db);
    const now = new Date();
    const long = { outcome: 'FAILED', error: 'E'.repeat(101), reason: 'r'.repeat(301) } as const;
    expect(await executionsOf(db, now).endOutcome(executionArn, 1, long)).to.equal(true);
    expect(await executionsOf(db, now).endOutcome(executionArn, 1, { outcome: 'CANCELLED' })).to.equal(false);
    expect(await executions.outcome(executionArn, 1)).to.include({
      outcome: 'FAILED',
      error: 'E'.repeat(100),
      reason: 'r'.repeat(300),
      updatedAt: now.toISOString(),
    });
    expect(await executionsOf(db, now).endOutcome(executionArn, 2, { outcome: 'CANCELLED' })).to.equal(true);
    expect(await executions.outcome(executionArn, 2))
      .to.include({ outcome: 'CANCELLED' })
      .and.not.have.any.keys('error', 'reason');
  });

  it('passes on a fault of the database: whether the action has ended is not known', async () => {
    const { executionArn } = await givenExecution(db);
    const fault = new Error('gone');
    const broken = failing(db, () => fault);
    expect(await failureOf(executionsOf(broken).endOutcome(executionArn, 0, end))).to.equal(fault);
    expect(await executions.outcome(executionArn, 0)).to.include({ outcome: 'PENDING' });
  });

  it('makes no row for an action that the execution does not have', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    expect(await executions.endOutcome(executionArn, 7, end)).to.equal(false);
    expect(await executions.outcome(executionArn, 7)).to.equal(undefined);
  });
});

describe('the index of executions', () => {
  const db = useDatabase();
  const repository = executionsOf(db);

  it('gives the open executions page by page, oldest first, and apart from them those that are not archived', async () => {
    const started = Date.now();
    const ages = [30_000, 10_000, 50_000, 20_000, 40_000];
    const executions = await Promise.all(
      ages.map((age) => givenExecution(db, { actionCount: 1, now: new Date(started - age) })),
    );
    const ended = executions[0]?.executionArn ?? '';
    await settle(repository, ended, { status: 'FAILED', notify: 'machine' });
    await claimMetrics(repository, ended, 'a test');
    await noteTold(repository, ended, 'machine');
    const unarchived: unknown[] = [];
    for await (const rows of repository.unarchivedPages())
      unarchived.push(...rows.map(({ executionArn }) => executionArn));
    expect(unarchived).to.deep.equal([ended]);
    const pages: unknown[][] = [];
    for await (const rows of repository.openPages(2)) pages.push(rows.map(({ executionArn }) => executionArn));
    expect(pages.flat()).to.deep.equal([2, 4, 3, 1].map((index) => executions[index]?.executionArn));
    expect(Math.max(...pages.map(({ length }) => length))).to.equal(2);
  });
});
