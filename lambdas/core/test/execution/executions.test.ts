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
  const database = useDatabase();

  it('notes the state in the record and in the log, with the execution (requirement 7)', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const { log, lines } = createMemoryLog();
    expect(await executionsOf(db).enterState(log, executionArn, 'GetActions', { processedActions: 1 })).to.equal(true);
    expect(await executionsOf(db).get(executionArn)).to.include({ currentState: 'GetActions', processedActions: 1 });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ message: 'state entered', executionArn, state: 'GetActions' });
  });

  it('is done once a state, in their order: a call that comes late or again changes and logs nothing', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const { log, lines } = createMemoryLog();
    const states = ['GetActions', 'ProcessBatches', 'UpdateGoalStatus'] as const;
    for (const [index, state] of states.entries()) {
      expect(await executionsOf(db).enterState(log, executionArn, state)).to.equal(true);
      await executionsOf(db).changeOpen(executionArn, { processedActions: 2 });
      const before = await executionsOf(db).get(executionArn);
      for (const late of states.slice(0, index + 1)) {
        expect(await executionsOf(db).enterState(log, executionArn, late, { processedActions: 0 })).to.equal(false);
      }
      expect(await executionsOf(db).get(executionArn)).to.deep.equal(before);
    }
    expect(lines.map(({ state }) => state)).to.deep.equal([...states]);
  });

  it('changes and logs nothing once the execution has ended', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    await settle(executionsOf(db), executionArn, { status: 'ABORTED', notify: 'pending' });
    const { log, lines } = createMemoryLog();
    expect(await executionsOf(db).enterState(log, executionArn, 'GetActions')).to.equal(false);
    expect(await executionsOf(db).get(executionArn)).to.include({ currentState: 'Ended' });
    expect(lines).to.deep.equal([]);
  });

  it('passes on a fault of the database, and logs nothing', async () => {
    const db = database();
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
  const database = useDatabase();
  const end = { outcome: 'FAILED', error: 'E', reason: 'r' } as const;

  it('ends a pending action once, with a reason that fits into its row', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const now = new Date();
    const long = { outcome: 'FAILED', error: 'E'.repeat(101), reason: 'r'.repeat(301) } as const;
    expect(await executionsOf(db, now).endOutcome(executionArn, 1, long)).to.equal(true);
    expect(await executionsOf(db, now).endOutcome(executionArn, 1, { outcome: 'CANCELLED' })).to.equal(false);
    expect(await executionsOf(db).outcome(executionArn, 1)).to.include({
      outcome: 'FAILED',
      error: 'E'.repeat(100),
      reason: 'r'.repeat(300),
      updatedAt: now.toISOString(),
    });
    expect(await executionsOf(db, now).endOutcome(executionArn, 2, { outcome: 'CANCELLED' })).to.equal(true);
    expect(await executionsOf(db).outcome(executionArn, 2))
      .to.include({ outcome: 'CANCELLED' })
      .and.not.have.any.keys('error', 'reason');
  });

  it('passes on a fault of the database: whether the action has ended is not known', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const fault = new Error('gone');
    const broken = failing(db, () => fault);
    expect(await failureOf(executionsOf(broken).endOutcome(executionArn, 0, end))).to.equal(fault);
    expect(await executionsOf(db).outcome(executionArn, 0)).to.include({ outcome: 'PENDING' });
  });

  it('makes no row for an action that the execution does not have', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    expect(await executionsOf(db).endOutcome(executionArn, 7, end)).to.equal(false);
    expect(await executionsOf(db).outcome(executionArn, 7)).to.equal(undefined);
  });
});

describe('the index of executions', () => {
  const database = useDatabase();

  it('gives the open executions page by page, oldest first, and apart from them those that are not archived', async () => {
    const db = database();
    const started = Date.now();
    const ages = [30_000, 10_000, 50_000, 20_000, 40_000];
    const executions = await Promise.all(
      ages.map((age) => givenExecution(db, { actionCount: 1, now: new Date(started - age) })),
    );
    const ended = executions[0]?.executionArn ?? '';
    await settle(executionsOf(db), ended, { status: 'FAILED', notify: 'machine' });
    await claimMetrics(executionsOf(db), ended, 'a test');
    await noteTold(executionsOf(db), ended, 'machine');
    const unarchived: unknown[] = [];
    for await (const rows of executionsOf(db).unarchivedPages())
      unarchived.push(...rows.map(({ executionArn }) => executionArn));
    expect(unarchived).to.deep.equal([ended]);
    const pages: unknown[][] = [];
    for await (const rows of executionsOf(db).openPages(2)) pages.push(rows.map(({ executionArn }) => executionArn));
    expect(pages.flat()).to.deep.equal([2, 4, 3, 1].map((index) => executions[index]?.executionArn));
    expect(Math.max(...pages.map(({ length }) => length))).to.equal(2);
  });
});
