import { expect } from 'chai';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { claimMetrics, giveMetricsBack, leaveIndex, leaveSweep, noteTold } from '../../src/execution/due.ts';

describe('what is due of a settled record', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  async function givenSettled(notify: 'machine' | 'pending' = 'machine'): Promise<string> {
    const { executionArn } = await givenExecution(db, { actionCount: 1, ended: { status: 'FAILED', notify } });
    return executionArn;
  }
  const stateOf = async (executionArn: string) => {
    const { notify, metrics, runningShard } = (await executions.get(executionArn)) ?? {};
    return { notify, metrics, runningShard };
  };

  it('keeps it with the sweep until both are done, whichever comes first, and then hands it to the archiver', async () => {
    const [one, other] = [await givenSettled(), await givenSettled('pending')];
    expect(await noteTold(executions, one, 'machine')).to.equal(true);
    expect(await stateOf(one)).to.deep.equal({ notify: 'sent', metrics: 'pending', runningShard: 'RUNNING' });
    expect(await claimMetrics(executions, one, 'a')).to.equal(true);
    expect(await stateOf(one)).to.deep.equal({ notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' });
    expect(await claimMetrics(executions, other, 'a')).to.equal(true);
    expect(await stateOf(other)).to.deep.equal({ notify: 'pending', metrics: 'sent', runningShard: 'RUNNING' });
    expect(await noteTold(executions, other, 'pending')).to.equal(true);
    expect(await stateOf(other)).to.deep.equal({ notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' });
  });

  it('is done by one caller each', async () => {
    const executionArn = await givenSettled();
    const writers = ['a', 'b', 'c'];
    const claimed = await Promise.all(writers.map((writer) => claimMetrics(executions, executionArn, writer)));
    expect(claimed.filter(Boolean)).to.have.length(1);
    expect(await noteTold(executions, executionArn, 'pending')).to.equal(false);
    expect(await stateOf(executionArn)).to.include({ notify: 'machine' });
  });

  it('gives back its own claim alone, however often the same write is sent', async () => {
    const executionArn = await givenSettled();
    await claimMetrics(executions, executionArn, 'a');
    await noteTold(executions, executionArn, 'machine');
    expect(await giveMetricsBack(executions, executionArn, 'a')).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal({ notify: 'sent', metrics: 'pending', runningShard: 'RUNNING' });
    await claimMetrics(executions, executionArn, 'b');
    expect(await giveMetricsBack(executions, executionArn, 'a')).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal({ notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' });
  });

  it('leaves the sweep only when nothing is due', async () => {
    const executionArn = await givenSettled();
    expect(await leaveSweep(executions, executionArn)).to.equal(false);
    await claimMetrics(executions, executionArn, 'a');
    expect(await leaveSweep(executions, executionArn)).to.equal(false);
    await noteTold(executions, executionArn, 'machine');
    expect(await leaveSweep(executions, executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.include({ runningShard: 'UNARCHIVED' });
    const { executionArn: running } = await givenExecution(db, { actionCount: 1 });
    expect(await leaveSweep(executions, running)).to.equal(false);
    expect(await stateOf(running)).to.include({ runningShard: 'RUNNING' });
  });

  it('of two that finished at the same moment is left to the sweep, which hands it to the archiver, once', async () => {
    const executionArn = await givenSettled();
    const both = { notify: 'sent', metrics: 'sent' };
    expect(await executions.change(executionArn, { set: both })).to.equal(true);
    expect(await leaveSweep(executions, executionArn)).to.equal(true);
    expect(await stateOf(executionArn)).to.include({ runningShard: 'UNARCHIVED' });
    expect(await leaveIndex(executions, executionArn)).to.equal(true);
    // A sweep whose read is old does not bring it back.
    expect(await leaveSweep(executions, executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.include({ runningShard: undefined });
  });

  it('keeps a record in the index that is archived meanwhile, and again when it is done', async () => {
    const executionArn = await givenSettled();
    await noteTold(executions, executionArn, 'machine');
    await claimMetrics(executions, executionArn, 'a');
    await giveMetricsBack(executions, executionArn, 'a');
    expect(await leaveIndex(executions, executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal({ notify: 'sent', metrics: 'pending', runningShard: 'RUNNING' });
    await claimMetrics(executions, executionArn, 'b');
    expect(await leaveIndex(executions, executionArn)).to.equal(true);
    expect(await stateOf(executionArn)).to.include({ metrics: 'sent', runningShard: undefined });
  });

  it('is no metrics in a row from before they were kept', async () => {
    const executionArn = await givenSettled('pending');
    await executions.change(executionArn, { remove: ['metrics'] });
    expect(await claimMetrics(executions, executionArn, 'a')).to.equal(false);
    expect(await noteTold(executions, executionArn, 'pending')).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal({
      notify: 'sent',
      metrics: undefined,
      runningShard: 'UNARCHIVED',
    });
  });
});
