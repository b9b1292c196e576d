import { expect } from 'chai';
import { until } from '../../../../test/support/until.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { repairOnRead } from '../../src/workflow/repair-on-read.ts';
import { failing } from '../support/failing.ts';
import { useTables, withPart } from '../support/tables.ts';
import { givenTools } from '../support/tools.ts';
import { useWaits } from '../support/waits.ts';

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

describe('repairOnRead', () => {
  const { db, executions, executionsAt, givenExecution } = useTables();
  const recordWaits = useWaits();
  const given = (answers: Parameters<typeof givenTools>[1]) => givenTools(db, answers);
  /** A claim whose start died. */
  const givenClaim = async () => (await givenExecution({ actionCount: 1, confirmed: false, now: ago(20_000) })).record;
  /** An execution whose end nobody has noticed. */
  const givenOverdue = async () => (await givenExecution({ actionCount: 1, now: ago(911_000) })).record;

  it('leaves alone what is fresh, and an end that people were not told of, and writes nothing', async () => {
    const ended = { status: 'ABORTED', notify: 'pending' } as const;
    for (const options of [{}, { now: ago(911_000), ended }]) {
      const { executionArn, record } = await givenExecution({ actionCount: 1, ...options });
      const { tools, calls } = given({});
      expect(await repairOnRead(tools, record)).to.equal(record);
      expect(calls).to.deep.equal([]);
      expect(await executions.get(executionArn)).not.to.have.property('repairTriedAt');
    }
  });

  it('gives the record as it is after the repair, and tells nobody: that is for the sweep, which finds the record', async () => {
    const { tools, calls } = given({ describe: async () => ({ status: 'TIMED_OUT' }) });
    const settled = await repairOnRead(tools, await givenOverdue());
    expect(withPart(settled)).to.include({ status: 'TIMED_OUT', notify: 'pending', runningShard: 'RUNNING' });
    expect(calls).to.deep.equal(['describe']);
  });

  it('answers from the record when the repair, or noting the turn to it, fails, and logs it', async () => {
    const failure = new PermanentError('denied');
    const record = await givenOverdue();
    const { executionArn, goalId } = record;
    const why = { level: 'error', executionArn, goalId, errorName: 'PermanentError', errorMessage: 'denied' };
    const unwritable = givenTools(failing(db, () => failure));
    const unanswered = given({ describe: async () => Promise.reject(failure) });
    for (const { tools, lines, calls } of [unwritable, unanswered]) {
      expect(await repairOnRead(tools, record)).to.equal(record);
      expect(lines.at(-1)).to.include(why);
      expect(calls).to.deep.equal(tools === unwritable.tools ? [] : ['describe']);
    }
  });

  it('answers from the record when the repair takes longer than a second, and logs how the repair ends', async () => {
    const record = await givenOverdue();
    const { executionArn, goalId } = record;
    const { promise, reject } = Promise.withResolvers<undefined>();
    const { tools, lines, calls } = given({ describe: () => promise });
    const waits = recordWaits();
    expect(await repairOnRead(tools, record)).to.equal(record);
    expect(waits).to.deep.equal([1_000]);
    expect(lines.at(-1)).to.include({ level: 'warn', executionArn, goalId });
    await until(() => calls.includes('describe'));
    reject(new TransientError('late'));
    await until(() => lines.at(-1)?.level === 'error');
    expect(lines.at(-1)).to.include({ errorMessage: 'late' });
  });

  it('tries once in ten seconds, however many readers there are', async () => {
    const record = await givenClaim();
    const { tools, calls } = given({ start: async () => Promise.reject(new TransientError('throttled')) });
    const now = new Date();
    const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
    const read = async (milliseconds: number, found = record) =>
      repairOnRead({ ...tools, executions: executionsAt(later(milliseconds)) }, found);
    await Promise.all(Array.from({ length: 8 }, () => read(0)));
    expect(calls).to.deep.equal(['start']);
    const tried = await executions.get(record.executionArn);
    expect(tried).to.include({ repairTriedAt: now.toISOString() });
    // Whoever reads that it was tried does not even ask for the turn.
    const noWrite = failing(db, () => new Error('a write'));
    const unwritable = givenTools(noWrite, {}, later(9_999));
    await repairOnRead(unwritable.tools, tried ?? record);
    expect(unwritable.lines).to.deep.equal([]);
    await read(9_999);
    expect(calls).to.deep.equal(['start']);
    await read(10_000, tried);
    expect(calls).to.deep.equal(['start', 'start']);
    await read(20_001);
    expect(calls).to.deep.equal(['start', 'start', 'start']);
  });

  it('writes no row for a record that is gone', async () => {
    const record = await givenClaim();
    const gone = { ...record, executionArn: `${record.executionArn}9` };
    const { tools, calls, lines } = given({});
    expect(await repairOnRead(tools, gone)).to.equal(gone);
    expect(await executions.get(gone.executionArn)).to.equal(undefined);
    expect([calls, lines]).to.deep.equal([[], []]);
  });
});
