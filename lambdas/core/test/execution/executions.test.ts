import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { claimMetrics, markTold } from '../../src/execution/due.ts';
import {
  endOutcome,
  enterState,
  getExecution,
  getOutcome,
  isOpen,
  openExecutionPages,
  unarchivedPages,
  updateOpenExecution,
} from '../../src/execution/executions.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { settle } from '../../src/workflow/settle.ts';
import { unnoticed } from '../support/ends.ts';
import { failing } from '../support/failing.ts';
import { executionRow } from '../support/rows.ts';

describe('enterState', () => {
  const database = useDatabase();

  it('notes the state in the record and in the log, with the execution (requirement 7)', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const { log, lines } = createMemoryLog();
    expect(await enterState(db, log, executionArn, 'GetActions', { processedActions: 1 })).to.equal(true);
    expect(await getExecution(db, executionArn)).to.include({ currentState: 'GetActions', processedActions: 1 });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ message: 'state entered', executionArn, state: 'GetActions' });
  });

  it('is done once a state, in their order: a call that comes late or again changes and logs nothing', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const { log, lines } = createMemoryLog();
    const states = ['GetActions', 'ProcessBatches', 'UpdateGoalStatus'] as const;
    for (const [index, state] of states.entries()) {
      expect(await enterState(db, log, executionArn, state)).to.equal(true);
      await updateOpenExecution(db, executionArn, { processedActions: 2 });
      const before = await getExecution(db, executionArn);
      for (const late of states.slice(0, index + 1)) {
        expect(await enterState(db, log, executionArn, late, { processedActions: 0 })).to.equal(false);
      }
      expect(await getExecution(db, executionArn)).to.deep.equal(before);
    }
    expect(lines.map(({ state }) => state)).to.deep.equal([...states]);
  });

  it('changes and logs nothing once the execution has ended', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    await settle(db, executionArn, { status: 'ABORTED', notify: 'pending' }, new Date(), unnoticed);
    const { log, lines } = createMemoryLog();
    expect(await enterState(db, log, executionArn, 'GetActions')).to.equal(false);
    expect(await getExecution(db, executionArn)).to.include({ currentState: 'Ended' });
    expect(lines).to.deep.equal([]);
  });

  it('passes on a fault of the database, and logs nothing', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const fault = new Error('gone');
    const { log, lines } = createMemoryLog();
    const broken = failing(db, () => fault);
    expect(await failureOf(enterState(broken, log, executionArn, 'GetActions'))).to.equal(fault);
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
    expect(await endOutcome(db, executionArn, 1, long, now)).to.equal(true);
    expect(await endOutcome(db, executionArn, 1, { outcome: 'CANCELLED' }, now)).to.equal(false);
    expect(await getOutcome(db, executionArn, 1)).to.include({
      outcome: 'FAILED',
      error: 'E'.repeat(100),
      reason: 'r'.repeat(300),
      updatedAt: now.toISOString(),
    });
    expect(await endOutcome(db, executionArn, 2, { outcome: 'CANCELLED' }, now)).to.equal(true);
    expect(await getOutcome(db, executionArn, 2))
      .to.include({ outcome: 'CANCELLED' })
      .and.not.have.any.keys('error', 'reason');
  });

  it('passes on a fault of the database: whether the action has ended is not known', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db);
    const fault = new Error('gone');
    const broken = failing(db, () => fault);
    expect(await failureOf(endOutcome(broken, executionArn, 0, end, new Date()))).to.equal(fault);
    expect(await getOutcome(db, executionArn, 0)).to.include({ outcome: 'PENDING' });
  });

  it('makes no row for an action that the execution does not have', async () => {
    const db = database();
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    expect(await endOutcome(db, executionArn, 7, end, new Date())).to.equal(false);
    expect(await getOutcome(db, executionArn, 7)).to.equal(undefined);
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
    await settle(db, ended, { status: 'FAILED', notify: 'machine' }, new Date(), unnoticed);
    await claimMetrics(db, ended, 'a test');
    await markTold(db, ended, 'machine');
    const unarchived: unknown[] = [];
    for await (const rows of unarchivedPages(db)) unarchived.push(...rows.map(({ executionArn }) => executionArn));
    expect(unarchived).to.deep.equal([ended]);
    const pages: unknown[][] = [];
    for await (const rows of openExecutionPages(db, 2)) pages.push(rows.map(({ executionArn }) => executionArn));
    expect(pages.flat()).to.deep.equal([2, 4, 3, 1].map((index) => executions[index]?.executionArn));
    expect(Math.max(...pages.map(({ length }) => length))).to.equal(2);
  });
});
