import { expect } from 'chai';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { settle } from '../../src/execution/settle.ts';
import type { ExecutionRow } from '../../src/types.ts';
import { repairOnRead } from '../../src/workflow/repair-on-read.ts';
import { failing } from '../support/failing.ts';
import { givenTools } from '../support/tools.ts';

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

describe('repairOnRead', () => {
  const db = useDatabase();
  const repository = executionsOf(db);

  const given = (answers: Parameters<typeof givenTools>[1]) => givenTools(db, answers);

  const recordOf = async (executionArn: string): Promise<ExecutionRow> => {
    const record = await repository.get(executionArn);
    if (record === undefined) throw new Error('no record');
    return record;
  };
  /** A claim whose start died. */
  const givenClaim = async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1, confirmed: false, now: ago(20_000) });
    return recordOf(executionArn);
  };
  /** An execution whose end nobody has noticed. */
  const givenOverdue = async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1, now: ago(911_000) });
    return recordOf(executionArn);
  };

  it('leaves alone what is fresh, and writes nothing', async () => {
    const { record } = await givenExecution(db, { actionCount: 1 });
    const { tools, calls } = given({});
    expect(await repairOnRead(tools, record)).to.equal(record);
    expect(calls).to.deep.equal([]);
    expect(await recordOf(record.executionArn)).not.to.have.property('repairTriedAt');
  });

  it('gives the record as it is after the repair', async () => {
    const record = await givenOverdue();
    const { tools } = given({ describe: async () => ({ status: 'TIMED_OUT' }) });
    expect(await repairOnRead(tools, record)).to.include({ status: 'TIMED_OUT' });
  });

  it('tells nobody of the end that it settles: that is for the sweep, which finds the record', async () => {
    const record = await givenOverdue();
    const { tools, calls } = given({ describe: async () => ({ status: 'TIMED_OUT' }) });
    const settled = await repairOnRead(tools, record);
    expect(settled).to.include({ notify: 'pending', runningShard: 'RUNNING' });
    expect(calls).to.deep.equal(['describe']);
  });

  it('leaves an end that people were not told of to the sweep as well', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    await settle(executionsOf(db, ago(70_000)), executionArn, { status: 'ABORTED', notify: 'pending' });
    const record = await recordOf(executionArn);
    const { tools, calls } = given({});
    expect(await repairOnRead(tools, record)).to.equal(record);
    expect(calls).to.deep.equal([]);
    expect(await recordOf(executionArn)).not.to.have.property('repairTriedAt');
  });

  for (const failure of [new TransientError('throttled'), new PermanentError('denied')]) {
    it(`answers from the record when the repair fails, and logs it: ${failure.name}`, async () => {
      const record = await givenOverdue();
      const { tools, lines } = given({ describe: async () => Promise.reject(failure) });
      expect(await repairOnRead(tools, record)).to.equal(record);
      const { executionArn, goalId } = record;
      const why = { errorName: failure.name, errorMessage: failure.message };
      expect(lines.at(-1)).to.include({ level: 'error', executionArn, goalId, ...why });
    });
  }

  it('answers from the record when the turn cannot be written down, and repairs nothing', async () => {
    const record = await givenClaim();
    const fault = new Error('gone');
    const { tools, calls, lines } = givenTools(failing(db, () => fault));
    expect(await repairOnRead(tools, record)).to.equal(record);
    expect(calls).to.deep.equal([]);
    expect(lines.at(-1)).to.include({ level: 'error', errorMessage: 'gone' });
  });

  it('answers from the record when the repair takes longer than a second, and logs how the repair ends', async () => {
    const record = await givenOverdue();
    const { promise, reject } = Promise.withResolvers<undefined>();
    const { tools, lines } = given({ describe: () => promise });
    const before = performance.now();
    expect(await repairOnRead(tools, record)).to.equal(record);
    expect(performance.now() - before).to.be.within(950, 5_000);
    const { executionArn, goalId } = record;
    expect(lines.at(-1)).to.include({ level: 'warn', executionArn, goalId });
    reject(new TransientError('late'));
    await promise.catch(() => undefined);
    await new Promise(setImmediate);
    expect(lines.at(-1)).to.include({ level: 'error', errorMessage: 'late' });
  });

  it('tries once in ten seconds, however many readers there are', async () => {
    const record = await givenClaim();
    const { executionArn } = record;
    const { tools, calls } = given({ start: async () => Promise.reject(new TransientError('throttled')) });
    const now = new Date();
    const at = (milliseconds: number) => {
      const executions = executionsOf(db, new Date(now.getTime() + milliseconds));
      return { ...tools, executions };
    };
    await Promise.all(Array.from({ length: 8 }, () => repairOnRead(at(0), record)));
    expect(calls).to.deep.equal(['start']);
    expect(await recordOf(executionArn)).to.include({ repairTriedAt: now.toISOString() });
    // Whoever reads that it was tried does not even ask for the turn.
    const noWrite = failing(db, () => new Error('a write'));
    const unwritable = givenTools(noWrite, {}, new Date(now.getTime() + 9_999));
    await repairOnRead(unwritable.tools, await recordOf(executionArn));
    expect(unwritable.lines).to.deep.equal([]);
    await repairOnRead(at(9_999), record);
    expect(calls).to.deep.equal(['start']);
    await repairOnRead(at(10_000), await recordOf(executionArn));
    expect(calls).to.deep.equal(['start', 'start']);
    await repairOnRead(at(20_001), record);
    expect(calls).to.deep.equal(['start', 'start', 'start']);
  });

  it('writes no row for a record that is gone', async () => {
    const record = await givenClaim();
    const gone = { ...record, executionArn: `${record.executionArn}9` };
    const { tools, calls, lines } = given({});
    expect(await repairOnRead(tools, gone)).to.equal(gone);
    expect(await repository.get(gone.executionArn)).to.equal(undefined);
    expect([calls, lines]).to.deep.equal([[], []]);
  });

  it('finishes a cancel whose caller died', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    await repository.changeOpen(executionArn, { cancelRequestedAt: ago(11_000).toISOString() });
    const { tools } = given({ stop: async () => undefined });
    expect(await repairOnRead(tools, await recordOf(executionArn))).to.include({ status: 'ABORTED' });
  });
});
