import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useTopic } from '../../../../test/support/stack/topic.ts';
import type { Database } from '../../src/aws/database.ts';
import { Executions } from '../../src/execution/executions.ts';
import { type AlertTools, isToldByMachine, sendAlert } from '../../src/report/alert.ts';
import type { ExecutionRow } from '../../src/types.ts';
import { failing } from '../support/failing.ts';
import { useTables, withPart } from '../support/tables.ts';

interface Changes {
  readonly at?: () => number;
  readonly sns?: AlertTools['sns'];
  readonly on?: Database;
}

describe('sendAlert', () => {
  const { db, executions, givenExecution } = useTables();
  const topic = useTopic();
  const deliver = (record: ExecutionRow, { at, sns = topic().sns, on = db }: Changes = {}) => {
    const { topicArn: alertsTopicArn } = topic();
    const tools = { executions: new Executions(on, at && { now: () => new Date(at()) }), sns, alertsTopicArn };
    return sendAlert({ ...tools, readers: { language: 'en', runbookUrl: 'https://example.com' } }, record);
  };
  const givenUntold = async (notify: 'pending' | 'machine' = 'pending') =>
    (await givenExecution({ actionCount: 1, ended: { status: 'FAILED', notify } })).record;
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
    expect(messagesAbout(record)[0]).to.deep.include({ attributes: { kind: 'failure' } });
    expect(await executions.get(record.executionArn)).to.include({ notify: 'sent' });
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
    await executions.change(executionArn, { remove: ['runningShard'] });
    await failureOf(deliver(record, { sns: { send: () => Promise.reject(new Error('refused')) } }));
    expect(withPart(await executions.get(executionArn))).to.include({ notify: 'pending', runningShard: 'RUNNING' });
  });
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
