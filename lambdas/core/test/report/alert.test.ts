import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import { useTopic } from '../../../../test/support/stack/topic.ts';
import type { Database } from '../../src/aws/database.ts';
import { claimMetrics } from '../../src/execution/due.ts';
import { Executions } from '../../src/execution/executions.ts';
import { type AlertTools, isToldByMachine, LEASE_MS, SNS_LIMITS, sendAlert } from '../../src/report/alert.ts';
import type { ExecutionRow } from '../../src/types.ts';
import { failing } from '../support/failing.ts';

interface Changes {
  readonly at?: () => number;
  readonly sns?: AlertTools['sns'];
  readonly on?: Database;
}

describe('sendAlert', () => {
  const db = useDatabase();
  const repository = executionsOf(db);
  const topic = useTopic();
  const deliver = (record: ExecutionRow, { at, sns = topic().sns, on = db }: Changes = {}) => {
    const executions = new Executions(on, at === undefined ? {} : { now: () => new Date(at()) });
    const { topicArn: alertsTopicArn } = topic();
    return sendAlert({ executions, sns, alertsTopicArn, runbookUrl: 'https://example.com' }, record);
  };
  const givenUntold = async (notify: 'pending' | 'machine' = 'pending') =>
    (await givenExecution(db, { actionCount: 1, ended: { status: 'FAILED', notify } })).record;
  const messagesAbout = ({ executionArn }: ExecutionRow) => topic().messagesAbout(executionArn);
  const begin = Date.now();
  const after = (milliseconds: number) => ({ at: () => begin + milliseconds });

  it('sends nothing of a record that has nothing to tell, whatever the caller believes', async () => {
    const record = await givenUntold('machine');
    const { notify: _notify, ...unknown } = record;
    expect(await deliver(unknown)).to.equal(false);
    expect(messagesAbout(record)).to.deep.equal([]);
    expect(await deliver(record)).to.equal(true);
  });

  it('sends once when the answer to its lease is lost and the SDK sends that write again', async () => {
    for (const notify of ['pending', 'machine'] as const) {
      const record = await givenUntold(notify);
      const twice = failing(db, () => undefined, 2);
      expect(await deliver(record, { on: twice })).to.equal(true);
      expect(messagesAbout(record)).to.have.length(1);
    }
  });

  it('takes over from a sender that has not confirmed within a minute, and from no other', async () => {
    const record = await givenUntold();
    // Sent, but the sender dies before it says so.
    const dying = failing(db, (command, before) =>
      command === 'UpdateCommand' && before > 0 ? new Error('died') : undefined,
    );
    await failureOf(deliver(record, { ...after(0), on: dying }));
    expect(messagesAbout(record)).to.have.length(1);
    expect(await deliver(record, after(60_000))).to.equal(false);
    expect(await deliver(record, after(60_001))).to.equal(true);
    expect(messagesAbout(record)).to.have.length(2);
    expect(await repository.get(record.executionArn)).to.include({ notify: 'sent' });
    expect(await deliver(record, after(200_000))).to.equal(false);
  });

  it('stamps its lease when it takes it: what it read before does not shorten it', async () => {
    const record = await givenUntold();
    let at = begin;
    // Reading the outcomes takes 50 s, and SNS another 20: by then a lease from the begin of all would have run out.
    const slow = failing(db, (command) => {
      if (command === 'QueryCommand') at = begin + 50_000;
      return undefined;
    });
    let second: boolean | undefined;
    const send = async () => {
      second = await deliver(record, after(70_000));
    };
    expect(await deliver(record, { at: () => at, sns: { send }, on: slow })).to.equal(true);
    expect(second).to.equal(false);
    expect(messagesAbout(record)).to.deep.equal([]);
  });

  it('gives back its own lease when it cannot send, and not that of another who took over', async () => {
    const record = await givenUntold();
    /** A publish that is under way until the test ends it. */
    const held = () => {
      const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const send = () => {
        begun.resolve();
        return end.promise;
      };
      return { sns: { send }, begun: begun.promise, end };
    };
    const [first, second] = [held(), held()];
    const slow = deliver(record, { ...after(0), sns: first.sns });
    await first.begun;
    const taker = deliver(record, { ...after(61_000), sns: second.sns });
    await second.begun;
    first.end.reject(new Error('too late'));
    await failureOf(slow);
    expect(await deliver(record, after(62_000))).to.equal(false);
    second.end.reject(new Error('refused'));
    await failureOf(taker);
    expect(await deliver(record, after(63_000))).to.equal(true);
  });

  it('has the sweep look at a record that an earlier version took out of the index, until its message is sent', async () => {
    const record = await givenUntold('machine');
    const { executionArn } = record;
    await repository.change(executionArn, { remove: ['runningShard'] });
    await failureOf(deliver(record, { sns: { send: () => Promise.reject(new Error('refused')) } }));
    expect(await repository.get(executionArn)).to.include({ notify: 'pending', runningShard: 'RUNNING' });
  });

  for (const [metrics, runningShard] of [
    ['pending', 'RUNNING'],
    ['sent', 'UNARCHIVED'],
  ] as const) {
    it(`says by an attribute what it is about, and leaves the record in part ${runningShard} of the index with metrics ${metrics}`, async () => {
      const record = await givenUntold();
      if (metrics === 'sent') await claimMetrics(repository, record.executionArn, 'a test');
      await deliver(record);
      expect(messagesAbout(record)[0]).to.deep.include({ attributes: { kind: 'failure' } });
      expect(await repository.get(record.executionArn)).to.include({ notify: 'sent', metrics, runningShard });
    });
  }
});

describe('isToldByMachine', () => {
  it('goes by the ends that lie behind the states that publish', () => {
    for (const [isTold, status, ...errors] of [
      [true, 'SUCCEEDED', undefined],
      [true, 'FAILED', 'WorkflowFailed', 'AlreadySettled'],
      [false, 'FAILED', 'SNS.NotFoundException', 'States.Runtime', '', null, undefined],
      [false, 'TIMED_OUT', 'WorkflowFailed'],
      [false, 'ABORTED', 'WorkflowFailed'],
    ] as const)
      for (const error of errors) expect(isToldByMachine(status, error), `${status} ${error}`).to.equal(isTold);
  });
});

describe('the limits of a publish', () => {
  it('end it with all its attempts, and the write before it, while its sender still has the lease', () => {
    const { attempts, requestMs, connectMs } = SNS_LIMITS;
    const writeMs = 3 * 5_000;
    expect(connectMs).to.be.at.most(requestMs);
    expect(attempts * requestMs + writeMs).to.be.below(LEASE_MS);
  });
});
