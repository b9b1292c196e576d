import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { failureOf } from '../../../test/support/failure.ts';
import { givenExecution } from '../../../test/support/goal.ts';
import { useTopic } from '../../../test/support/topic.ts';
import type { Database } from '../src/database.ts';
import { getExecution } from '../src/executions.ts';
import { deliverNotification, isUntold } from '../src/notify.ts';
import { settle } from '../src/settle.ts';
import type { ExecutionRow } from '../src/types.ts';
import { unnoticed } from './ends.ts';
import { failing } from './failing.ts';
import { executionRow } from './rows.ts';

describe('deliverNotification', () => {
  const database = useDatabase();
  const topic = useTopic();
  const deliver = (db: Database, record: ExecutionRow, now = new Date()) => {
    const { sns, topicArn: alertsTopicArn } = topic();
    return deliverNotification({ db, sns, alertsTopicArn, runbookUrl: 'https://example.com' }, record, now);
  };

  async function givenUntold(notify: 'pending' | 'machine' = 'pending') {
    const { executionArn } = await givenExecution(database(), { actionCount: 1 });
    const record = await settle(database(), executionArn, { status: 'FAILED', notify }, new Date(), unnoticed);
    if (record === undefined) throw new Error('no record');
    return record;
  }

  it('sends nothing, and passes the fault on, when the lease cannot be written', async () => {
    const record = await givenUntold();
    const fault = new Error('gone');
    const broken = failing(database(), (command) => (command === 'UpdateCommand' ? fault : undefined));
    expect(await failureOf(deliver(broken, record))).to.equal(fault);
    expect(topic().messagesAbout(record.executionArn)).to.deep.equal([]);
    expect(await deliver(database(), record)).to.equal(true);
  });

  it('sends nothing of a record that has nothing to tell, whatever the caller believes', async () => {
    const record = await givenUntold('machine');
    const { notify: _notify, ...unknown } = record;
    expect(await deliver(database(), unknown)).to.equal(false);
    expect(topic().messagesAbout(record.executionArn)).to.deep.equal([]);
    expect(await deliver(database(), record)).to.equal(true);
  });

  it('takes over from a sender that has not confirmed within a minute, and from no other', async () => {
    const record = await givenUntold();
    const begin = new Date();
    const after = (milliseconds: number) => new Date(begin.getTime() + milliseconds);
    // Sent, but the sender dies before it says so.
    const dying = failing(database(), (command, before) =>
      command === 'UpdateCommand' && before > 0 ? new Error('died') : undefined,
    );
    await failureOf(deliver(dying, record, begin));
    expect(topic().messagesAbout(record.executionArn)).to.have.length(1);
    expect(await deliver(database(), record, after(60_000))).to.equal(false);
    expect(await deliver(database(), record, after(60_001))).to.equal(true);
    expect(topic().messagesAbout(record.executionArn)).to.have.length(2);
    expect(await getExecution(database(), record.executionArn)).to.include({ notify: 'sent' });
    expect(await deliver(database(), record, after(200_000))).to.equal(false);
  });
});

describe('isUntold', () => {
  const now = new Date('2026-11-24T00:10:00.000Z');
  const at = (secondsAgo: number) => new Date(now.getTime() - secondsAgo * 1000).toISOString();
  const record = executionRow({
    status: 'FAILED',
    startedAt: at(600),
    currentState: 'Ended',
    totalActions: 1,
    processedActions: 1,
    notify: 'pending',
    version: 2,
  });

  it('is an ended execution whose message nobody sends at this moment', () => {
    expect(isUntold(record, now)).to.equal(true);
    expect(isUntold({ ...record, status: 'RUNNING' }, now)).to.equal(false);
    for (const notify of ['machine', 'sent', 'none'] as const)
      expect(isUntold({ ...record, notify }, now)).to.equal(false);
    expect(isUntold({ ...record, notifyClaimedAt: at(60) }, now)).to.equal(false);
    expect(isUntold({ ...record, notifyClaimedAt: at(61) }, now)).to.equal(true);
  });
});
