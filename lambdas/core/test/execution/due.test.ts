import { expect } from 'chai';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { claimMetrics, giveMetricsBack, leaveIndex, leaveSweep, noteTold } from '../../src/execution/due.ts';

describe('what is due of a settled record', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const claimed = (executionArn: string, writer = 'a') => claimMetrics(executions, executionArn, writer);
  const told = (executionArn: string, before: 'machine' | 'pending' = 'machine') =>
    noteTold(executions, executionArn, before);
  const givenSettled = async (notify: 'machine' | 'pending' = 'machine') =>
    (await givenExecution(db, { actionCount: 1, ended: { status: 'FAILED', notify } })).executionArn;
  const stateOf = async (executionArn: string) => {
    const { notify, metrics, runningShard } = (await executions.get(executionArn)) ?? {};
    return [notify, metrics, runningShard];
  };

  it('keeps it with the sweep until both are done, whichever comes first, and then hands it to the archiver', async () => {
    const [one, other] = [await givenSettled(), await givenSettled('pending')];
    expect(await told(one)).to.equal(true);
    expect(await stateOf(one)).to.deep.equal(['sent', 'pending', 'RUNNING']);
    expect(await claimed(one)).to.equal(true);
    expect(await stateOf(one)).to.deep.equal(['sent', 'sent', 'UNARCHIVED']);
    expect(await claimed(other)).to.equal(true);
    expect(await stateOf(other)).to.deep.equal(['pending', 'sent', 'RUNNING']);
    expect(await told(other, 'pending')).to.equal(true);
    expect(await stateOf(other)).to.deep.equal(['sent', 'sent', 'UNARCHIVED']);
  });

  it('is done by one caller each', async () => {
    const executionArn = await givenSettled();
    const claims = await Promise.all(['a', 'b', 'c'].map((writer) => claimed(executionArn, writer)));
    expect(claims.filter(Boolean)).to.have.length(1);
    expect(await told(executionArn, 'pending')).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(['machine', 'sent', 'RUNNING']);
  });

  it('gives back its own claim alone, however often the same write is sent', async () => {
    const executionArn = await givenSettled();
    await claimed(executionArn);
    await told(executionArn);
    expect(await giveMetricsBack(executions, executionArn, 'a')).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'pending', 'RUNNING']);
    await claimed(executionArn, 'b');
    expect(await giveMetricsBack(executions, executionArn, 'a')).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'sent', 'UNARCHIVED']);
  });

  it('leaves the sweep only when nothing is due', async () => {
    for (const steps of [
      [claimed, told],
      [told, claimed],
    ]) {
      const executionArn = await givenSettled();
      for (const step of [async () => true, ...steps]) {
        await step(executionArn);
        expect(await leaveSweep(executions, executionArn)).to.equal(false);
      }
      expect(await stateOf(executionArn)).to.deep.equal(['sent', 'sent', 'UNARCHIVED']);
    }
    const { executionArn: running } = await givenExecution(db, { actionCount: 1 });
    expect(await leaveSweep(executions, running)).to.equal(false);
    expect(await stateOf(running)).to.deep.equal([undefined, undefined, 'RUNNING']);
  });

  it('of two that finished at the same moment is left to the sweep, which hands it to the archiver, once', async () => {
    const executionArn = await givenSettled();
    await executions.change(executionArn, { set: { notify: 'sent', metrics: 'sent' } });
    expect(await leaveSweep(executions, executionArn)).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'sent', 'UNARCHIVED']);
    expect(await leaveIndex(executions, executionArn)).to.equal(true);
    // A sweep whose read is old does not bring it back.
    expect(await leaveSweep(executions, executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'sent', undefined]);
  });

  it('keeps a record in the index that is archived meanwhile, and again when it is done', async () => {
    const executionArn = await givenSettled();
    await told(executionArn);
    await claimed(executionArn);
    await giveMetricsBack(executions, executionArn, 'a');
    expect(await leaveIndex(executions, executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal(['sent', 'pending', 'RUNNING']);
    await claimed(executionArn, 'b');
    expect(await leaveIndex(executions, executionArn)).to.equal(true);
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
