import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import {
  changeSettled,
  claimMetrics,
  giveMetricsBack,
  leaveIndex,
  leaveSweep,
  markTold,
} from '../../src/execution/due.ts';
import { EXECUTION, getExecution } from '../../src/execution/executions.ts';
import { settle } from '../../src/workflow/settle.ts';
import { unnoticed } from '../support/ends.ts';

describe('what is due of a settled record', () => {
  const database = useDatabase();

  async function givenSettled(notify: 'machine' | 'pending' = 'machine'): Promise<string> {
    const { executionArn } = await givenExecution(database(), { actionCount: 1 });
    await settle(database(), executionArn, { status: 'FAILED', notify }, new Date(), unnoticed);
    return executionArn;
  }
  const stateOf = async (executionArn: string) => {
    const { notify, metrics, runningShard } = (await getExecution(database(), executionArn)) ?? {};
    return { notify, metrics, runningShard };
  };

  it('keeps it with the sweep until both are done, whichever comes first, and then hands it to the archiver', async () => {
    const [one, other] = [await givenSettled(), await givenSettled('pending')];
    expect(await markTold(database(), one, 'machine')).to.equal(true);
    expect(await stateOf(one)).to.deep.equal({ notify: 'sent', metrics: 'pending', runningShard: 'RUNNING' });
    expect(await claimMetrics(database(), one, 'a')).to.equal(true);
    expect(await stateOf(one)).to.deep.equal({ notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' });
    expect(await claimMetrics(database(), other, 'a')).to.equal(true);
    expect(await stateOf(other)).to.deep.equal({ notify: 'pending', metrics: 'sent', runningShard: 'RUNNING' });
    expect(await markTold(database(), other, 'pending')).to.equal(true);
    expect(await stateOf(other)).to.deep.equal({ notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' });
  });

  it('is done by one caller each', async () => {
    const executionArn = await givenSettled();
    const writers = ['a', 'b', 'c'];
    const claimed = await Promise.all(writers.map((writer) => claimMetrics(database(), executionArn, writer)));
    expect(claimed.filter(Boolean)).to.have.length(1);
    expect(await markTold(database(), executionArn, 'pending')).to.equal(false);
    expect(await stateOf(executionArn)).to.include({ notify: 'machine' });
  });

  it('gives back its own claim alone, however often the same write is sent', async () => {
    const executionArn = await givenSettled();
    await claimMetrics(database(), executionArn, 'a');
    await markTold(database(), executionArn, 'machine');
    expect(await giveMetricsBack(database(), executionArn, 'a')).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal({ notify: 'sent', metrics: 'pending', runningShard: 'RUNNING' });
    await claimMetrics(database(), executionArn, 'b');
    expect(await giveMetricsBack(database(), executionArn, 'a')).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal({ notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' });
  });

  it('leaves the sweep only when nothing is due', async () => {
    const executionArn = await givenSettled();
    expect(await leaveSweep(database(), executionArn)).to.equal(false);
    await claimMetrics(database(), executionArn, 'a');
    expect(await leaveSweep(database(), executionArn)).to.equal(false);
    await markTold(database(), executionArn, 'machine');
    expect(await leaveSweep(database(), executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.include({ runningShard: 'UNARCHIVED' });
    const { executionArn: running } = await givenExecution(database(), { actionCount: 1 });
    expect(await leaveSweep(database(), running)).to.equal(false);
    expect(await stateOf(running)).to.include({ runningShard: 'RUNNING' });
  });

  it('of two that finished at the same moment is left to the sweep, which hands it to the archiver, once', async () => {
    const executionArn = await givenSettled();
    const both = 'SET #notify = :sent, #metrics = :sent';
    expect(await changeSettled(database(), executionArn, both, '#shard = :running')).to.equal(true);
    expect(await leaveSweep(database(), executionArn)).to.equal(true);
    expect(await stateOf(executionArn)).to.include({ runningShard: 'UNARCHIVED' });
    expect(await leaveIndex(database(), executionArn)).to.equal(true);
    // A sweep whose read is old does not bring it back.
    expect(await leaveSweep(database(), executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.include({ runningShard: undefined });
  });

  it('keeps a record in the index that is archived meanwhile, and again when it is done', async () => {
    const executionArn = await givenSettled();
    await markTold(database(), executionArn, 'machine');
    await claimMetrics(database(), executionArn, 'a');
    await giveMetricsBack(database(), executionArn, 'a');
    expect(await leaveIndex(database(), executionArn)).to.equal(false);
    expect(await stateOf(executionArn)).to.deep.equal({ notify: 'sent', metrics: 'pending', runningShard: 'RUNNING' });
    await claimMetrics(database(), executionArn, 'b');
    expect(await leaveIndex(database(), executionArn)).to.equal(true);
    expect(await stateOf(executionArn)).to.include({ metrics: 'sent', runningShard: undefined });
  });

  it('is no metrics in a row from before they were kept', async () => {
    const executionArn = await givenSettled('pending');
    await database().client.send(
      new UpdateCommand({
        TableName: database().executions,
        Key: { executionArn, sk: EXECUTION },
        UpdateExpression: 'REMOVE #metrics',
        ExpressionAttributeNames: { '#metrics': 'metrics' },
      }),
    );
    expect(await claimMetrics(database(), executionArn, 'a')).to.equal(false);
    expect(await markTold(database(), executionArn, 'pending')).to.equal(true);
    expect(await stateOf(executionArn)).to.deep.equal({
      notify: 'sent',
      metrics: undefined,
      runningShard: 'UNARCHIVED',
    });
  });
});
