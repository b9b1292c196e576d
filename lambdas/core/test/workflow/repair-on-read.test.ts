import { expect } from 'chai';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { getExecution, updateOpenExecution } from '../../src/execution/executions.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import type { ExecutionRow } from '../../src/types.ts';
import type { RepairTools } from '../../src/workflow/repair.ts';
import { repairOnRead } from '../../src/workflow/repair-on-read.ts';
import { settle } from '../../src/workflow/settle.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { unnoticed } from '../support/ends.ts';
import { failing } from '../support/failing.ts';

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

describe('repairOnRead', () => {
  const database = useDatabase();

  function given(answers: Partial<Workflow>, db = database()) {
    const calls: string[] = [];
    const noting =
      <Arguments extends unknown[], Result>(call: string, run: ((...all: Arguments) => Promise<Result>) | undefined) =>
      async (...all: Arguments) => {
        calls.push(call);
        if (run === undefined) throw new Error(`${call} is not expected`);
        return run(...all);
      };
    const { log, lines } = createMemoryLog();
    const tools: RepairTools = {
      db,
      workflow: {
        executionArnOf: () => '',
        start: noting('start', answers.start),
        describe: noting('describe', answers.describe),
        stop: noting('stop', answers.stop),
      },
      log,
      onEnded: unnoticed,
      startGraceMs: 10_000,
      executionTimeoutMs: 900_000,
    };
    return { tools, calls, lines };
  }

  const recordOf = async (executionArn: string): Promise<ExecutionRow> => {
    const record = await getExecution(database(), executionArn);
    if (record === undefined) throw new Error('no record');
    return record;
  };
  /** A claim whose start died. */
  const givenClaim = async () => {
    const { executionArn } = await givenExecution(database(), { actionCount: 1, confirmed: false, now: ago(20_000) });
    return recordOf(executionArn);
  };
  /** An execution whose end nobody has noticed. */
  const givenOverdue = async () => {
    const { executionArn } = await givenExecution(database(), { actionCount: 1, now: ago(911_000) });
    return recordOf(executionArn);
  };

  it('leaves alone what is fresh, and writes nothing', async () => {
    const { record } = await givenExecution(database(), { actionCount: 1 });
    const { tools, calls } = given({});
    expect(await repairOnRead(tools, record, new Date())).to.equal(record);
    expect(calls).to.deep.equal([]);
    expect(await recordOf(record.executionArn)).not.to.have.property('repairTriedAt');
  });

  it('gives the record as it is after the repair', async () => {
    const record = await givenOverdue();
    const { tools } = given({ describe: async () => ({ status: 'TIMED_OUT' }) });
    expect(await repairOnRead(tools, record, new Date())).to.include({ status: 'TIMED_OUT' });
  });

  it('tells nobody of the end that it settles: that is for the sweep, which finds the record', async () => {
    const record = await givenOverdue();
    const { tools, calls } = given({ describe: async () => ({ status: 'TIMED_OUT' }) });
    const settled = await repairOnRead(tools, record, new Date());
    expect(settled).to.include({ notify: 'pending', runningShard: 'RUNNING' });
    expect(calls).to.deep.equal(['describe']);
  });

  it('leaves an end that people were not told of to the sweep as well', async () => {
    const { executionArn } = await givenExecution(database(), { actionCount: 1 });
    await settle(database(), executionArn, { status: 'ABORTED', notify: 'pending' }, ago(70_000), unnoticed);
    const record = await recordOf(executionArn);
    const { tools, calls } = given({});
    expect(await repairOnRead(tools, record, new Date())).to.equal(record);
    expect(calls).to.deep.equal([]);
    expect(await recordOf(executionArn)).not.to.have.property('repairTriedAt');
  });

  for (const failure of [new TransientError('throttled'), new PermanentError('denied')]) {
    it(`answers from the record when the repair fails, and logs it: ${failure.name}`, async () => {
      const record = await givenOverdue();
      const { tools, lines } = given({ describe: async () => Promise.reject(failure) });
      expect(await repairOnRead(tools, record, new Date())).to.equal(record);
      const { executionArn, goalId } = record;
      const why = { errorName: failure.name, errorMessage: failure.message };
      expect(lines.at(-1)).to.include({ level: 'error', executionArn, goalId, ...why });
    });
  }

  it('answers from the record when the turn cannot be written down, and repairs nothing', async () => {
    const record = await givenClaim();
    const fault = new Error('gone');
    const { tools, calls, lines } = given(
      {},
      failing(database(), () => fault),
    );
    expect(await repairOnRead(tools, record, new Date())).to.equal(record);
    expect(calls).to.deep.equal([]);
    expect(lines.at(-1)).to.include({ level: 'error', errorMessage: 'gone' });
  });

  it('answers from the record when the repair takes longer than a second, and logs how the repair ends', async () => {
    const record = await givenOverdue();
    const { promise, reject } = Promise.withResolvers<undefined>();
    const { tools, lines } = given({ describe: () => promise });
    const before = performance.now();
    expect(await repairOnRead(tools, record, new Date())).to.equal(record);
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
    const at = (milliseconds: number) => new Date(now.getTime() + milliseconds);
    await Promise.all(Array.from({ length: 8 }, () => repairOnRead(tools, record, now)));
    expect(calls).to.deep.equal(['start']);
    expect(await recordOf(executionArn)).to.include({ repairTriedAt: now.toISOString() });
    // Whoever reads that it was tried does not even ask for the turn.
    const unwritable = given(
      {},
      failing(database(), () => new Error('a write')),
    );
    await repairOnRead(unwritable.tools, await recordOf(executionArn), at(9_999));
    expect(unwritable.lines).to.deep.equal([]);
    await repairOnRead(tools, record, at(9_999));
    expect(calls).to.deep.equal(['start']);
    await repairOnRead(tools, await recordOf(executionArn), at(10_000));
    expect(calls).to.deep.equal(['start', 'start']);
    await repairOnRead(tools, record, at(20_001));
    expect(calls).to.deep.equal(['start', 'start', 'start']);
  });

  it('writes no row for a record that is gone', async () => {
    const record = await givenClaim();
    const gone = { ...record, executionArn: `${record.executionArn}9` };
    const { tools, calls, lines } = given({});
    expect(await repairOnRead(tools, gone, new Date())).to.equal(gone);
    expect(await getExecution(database(), gone.executionArn)).to.equal(undefined);
    expect([calls, lines]).to.deep.equal([[], []]);
  });

  it('finishes a cancel whose caller died', async () => {
    const { executionArn } = await givenExecution(database(), { actionCount: 1 });
    await updateOpenExecution(database(), executionArn, { cancelRequestedAt: ago(11_000).toISOString() });
    const { tools } = given({ stop: async () => undefined });
    expect(await repairOnRead(tools, await recordOf(executionArn), new Date())).to.include({ status: 'ABORTED' });
  });
});
