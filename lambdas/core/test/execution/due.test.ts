import { expect } from 'chai';
import { claimMetrics, giveMetricsBack, leaveIndex, leaveSweep, noteTold } from '../../src/execution/due.ts';
import { useTables, withPart } from '../support/tables.ts';

describe('what is due of a settled record', () => {
  const { executions, givenExecution } = useTables();
  const claimed = (executionArn: string, writer = 'a') => claimMetrics(executions, executionArn, writer);
  const told = (executionArn: string, before: 'machine' | 'pending' = 'machine') =>
    noteTold(executions, executionArn, before);
  const givenSettled = async (notify: 'machine' | 'pending' = 'machine') =>
    (await givenExecution({ actionCount: 1, ended: { status: 'FAILED', notify } })).executionArn;
  const stateOf = async (executionArn: string) => {
    const { notify, metrics, runningShard } = withPart(await executions.get(executionArn));
    return [notify, metrics, runningShard];
  };
  const DONE = ['sent', 'sent', 'UNARCHIVED'];

  for (const [what, notify, between] of [
    ['people are told first', 'machine', ['sent', 'pending', 'RUNNING']],
    ['the metrics come first', 'pending', ['pending', 'sent', 'RUNNING']],
  ] as const) {
    it(`keeps it with the sweep until both are done, and then hands it to the archiver: ${what}`, async () => {
      const executionArn = await givenSettled(notify);
      const tell = () => told(executionArn, notify);
      const count = () => claimed(executionArn);
      const [first, last] = notify === 'machine' ? [tell, count] : [count, tell];
      const leave = () => leaveSweep(executions, executionArn);
      expect(await leave()).to.equal(false);
      expect(await first()).to.equal(true);
      expect(await stateOf(executionArn)).to.deep.equal(between);
      expect(await leave()).to.equal(false);
      expect(await last()).to.equal(true);
      expect(await leave()).to.equal(false);
      expect(await stateOf(executionArn)).to.deep.equal(DONE);
    });
  }

  it('is done by one caller each', async () => {
    const executionArn = await givenSettled();
    const claims = await Promise.all(['a', 'b', 'c'].map((writer) => claimed(executionArn, writer)));
    expect(claims.filter(Boolean)).to.have.length(1);
    expect(await told(executionArn, 'pending')).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(['machine', 'sent', 'RUNNING']);
  });

  it('gives back its own claim alone, also of a record that is archived meanwhile, which stays in the index until it is done', async () => {
    const executionArn = await givenSettled();
    await claimed(executionArn);
    await told(executionArn);
    expect(await giveMetricsBack(executions, executionArn, 'a')).to.equal(true);
    expect(await leaveIndex(executions, executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'pending', 'RUNNING']);
    await claimed(executionArn, 'b');
    expect(await giveMetricsBack(executions, executionArn, 'a')).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(DONE);
    expect(await leaveIndex(executions, executionArn)).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'sent', undefined]);
  });

  it('of two that finished at the same moment is left to the sweep, which hands it to the archiver, once', async () => {
    const executionArn = await givenSettled();
    await executions.change(executionArn, { set: { notify: 'sent', metrics: 'sent' } });
    expect(await leaveSweep(executions, executionArn)).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal(DONE);
    await leaveIndex(executions, executionArn);
    // A sweep whose read is old does not bring it back.
    expect(await leaveSweep(executions, executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'sent', undefined]);
  });

  it('is no metrics in a row from before they were kept', async () => {
    const executionArn = await givenSettled('pending');
    await executions.change(executionArn, { remove: ['metrics'] });
    expect(await claimed(executionArn)).to.equal(false);
    expect(await told(executionArn, 'pending')).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', undefined, 'UNARCHIVED']);
  });
});
