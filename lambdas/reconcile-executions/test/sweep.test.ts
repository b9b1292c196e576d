import { createDatabase } from '@goal-activity/core/aws/database.ts';
import type { Workflow } from '@goal-activity/core/aws/step-functions.ts';
import { type End, settle } from '@goal-activity/core/execution/settle.ts';
import { sendAlert } from '@goal-activity/core/report/alert.ts';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { useTopic } from '../../../test/support/stack/topic.ts';
import { failing } from '../../core/test/support/failing.ts';
import { executionRow } from '../../core/test/support/rows.ts';
import { givenSweep } from '../../core/test/support/tools.ts';
import { isUnreported, needsSweep, sweep } from '../src/sweep.ts';

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

describe('sweep', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const topic = useTopic();

  async function recordOf(executionArn: string): Promise<ExecutionRow> {
    const record = await executions.get(executionArn);
    if (record === undefined) throw new Error('no record');
    return record;
  }

  /** A record that was settled, and whatever was due then still is. */
  async function givenSettled(end: End = { status: 'FAILED', notify: 'machine' }): Promise<ExecutionRow> {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    await settle(executionsOf(db, ago(20_000)), executionArn, end);
    return recordOf(executionArn);
  }

  const sweepOf = (record: ExecutionRow, describe: Workflow['describe']) => {
    const given = givenSweep(db, topic(), { describe });
    return { ...given, run: () => sweep(given.tools, record) };
  };

  for (const description of [
    { status: 'SUCCEEDED' },
    { status: 'FAILED', error: 'WorkflowFailed' },
    { status: 'FAILED', error: 'AlreadySettled' },
  ]) {
    it(`knows by the end ${description.error ?? description.status} that the machine has told people, and is then done`, async () => {
      const record = await givenSettled();
      await sweepOf(record, async () => description).run();
      expect(topic().messagesAbout(record.executionArn)).to.deep.equal([]);
      expect(await recordOf(record.executionArn))
        .to.include({ notify: 'sent', metrics: 'sent' })
        .and.include({ runningShard: 'UNARCHIVED' });
    });
  }

  for (const description of [
    { status: 'ABORTED', error: 'Outside' },
    { status: 'TIMED_OUT' },
    { status: 'FAILED', error: 'SNS.NotFoundException' },
    { status: 'FAILED' },
    undefined,
  ]) {
    it(`tells people, once, when the machine ended before it could (${description?.error ?? description?.status ?? 'unknown'}) and that event was lost`, async () => {
      const record = await givenSettled();
      const { executionArn } = record;
      const sweeps = [1, 2, 3].map(() => sweepOf(record, async () => description));
      const { tools } = givenSweep(db, topic());
      // The status event comes at the same moment after all.
      await Promise.all([...sweeps.map(({ run }) => run()), sendAlert(tools, record)]);
      expect(topic().messagesAbout(executionArn)).to.have.length(1);
      expect(sweeps.flatMap(({ puts }) => puts)).to.have.length(1);
      const after = await recordOf(executionArn);
      expect(after).to.include({ notify: 'sent', metrics: 'sent' });
      await sweepOf(after, async () => description).run();
      expect(topic().messagesAbout(executionArn)).to.have.length(1);
      expect(await recordOf(executionArn)).to.include({ runningShard: 'UNARCHIVED' });
    });
  }

  for (const status of ['RUNNING', 'PENDING_REDRIVE']) {
    it(`leaves it to a machine that is ${status} to tell people, and keeps the record in the index`, async () => {
      const record = await givenSettled();
      const { run, puts } = sweepOf(record, async () => ({ status }));
      await run();
      expect(topic().messagesAbout(record.executionArn)).to.deep.equal([]);
      expect(puts).to.have.length(1);
      expect(await recordOf(record.executionArn)).to.include({ notify: 'machine', runningShard: 'RUNNING' });
    });
  }

  it('sends an alert whose sender died, once, and asks Step Functions nothing', async () => {
    const record = await givenSettled({ status: 'ABORTED', error: 'Outside', notify: 'pending' });
    const sweeps = [1, 2, 3].map(() => givenSweep(db, topic()));
    await Promise.all(sweeps.map(({ tools }) => sweep(tools, record)));
    expect(topic().messagesAbout(record.executionArn)).to.have.length(1);
    expect(await recordOf(record.executionArn)).to.include({ notify: 'sent' });
    const lines = sweeps.flatMap(({ lines: all }) => all);
    expect(lines).to.have.length(1);
    const { executionArn, goalId } = record;
    expect(lines[0]).to.include({ level: 'error', executionArn, goalId, status: 'ABORTED', errorName: 'Outside' });
    expect(lines[0]?.message).to.contain('alert sent');
  });

  it('writes the metrics of a success whose last step died before it could, with what was saved', async () => {
    const execution = await givenExecution(db, { actionCount: 1, saved: [0] });
    await settle(executionsOf(db, ago(20_000)), execution.executionArn, {
      status: 'by outcome',
      notify: 'machine',
    });
    const { tools, puts } = givenSweep(db, topic());
    await sweep(tools, await recordOf(execution.executionArn));
    const values = puts[0]?.MetricData?.map(({ MetricName, Value }) => [MetricName, Value]);
    expect(Object.fromEntries(values ?? [])).to.include({ ExecutionsSucceeded: 1, TasksSaved: 3, InputTokens: 100 });
    const after = await recordOf(execution.executionArn);
    expect(after).to.include({ runningShard: 'UNARCHIVED' });
    await sweep(tools, after);
    expect(puts).to.have.length(1);
  });

  it('takes a record out of the index that two left there, each for the other to do', async () => {
    const { executionArn } = await givenSettled();
    await executions.change(executionArn, { set: { notify: 'sent', metrics: 'sent' } });
    const left = await recordOf(executionArn);
    expect(left).to.include({ runningShard: 'RUNNING' });
    const commands: string[] = [];
    const counting = failing(db, (command) => void commands.push(command));
    const { tools, puts } = givenSweep(counting, topic());
    await sweep(tools, left);
    expect(commands).to.deep.equal(['UpdateCommand']);
    expect(await recordOf(executionArn)).to.include({ runningShard: 'UNARCHIVED' });
    expect(topic().messagesAbout(executionArn)).to.deep.equal([]);
    expect(puts).to.deep.equal([]);
  });

  it('settles what ended unseen, and tells people and counts in the same sweep', async () => {
    const { executionArn, record } = await givenExecution(db, { actionCount: 1, now: ago(911_000) });
    const { run, puts, ends } = sweepOf(record, async () => ({ status: 'TIMED_OUT' }));
    await run();
    expect(ends).to.have.length(1);
    expect(puts).to.have.length(1);
    expect(topic().messagesAbout(executionArn)).to.have.length(1);
    expect(await recordOf(executionArn))
      .to.include({ status: 'TIMED_OUT', notify: 'sent' })
      .and.include({ runningShard: 'UNARCHIVED' });
  });

  it('does nothing else with what still runs', async () => {
    const { record } = await givenExecution(db, { actionCount: 1 });
    const noCall = failing(db, (command) => new Error(`${command} is not expected`));
    const { tools, puts } = givenSweep(noCall, topic());
    await sweep(tools, record);
    expect(puts).to.deep.equal([]);
    expect(await recordOf(record.executionArn)).to.include({ status: 'RUNNING', runningShard: 'RUNNING' });
  });

  it('keeps what is due when Step Functions or SNS does not answer', async () => {
    const machine = await givenSettled();
    const fault = new Error('no answer');
    const failed = sweepOf(machine, () => Promise.reject(fault));
    expect(await failureOf(failed.run())).to.equal(fault);
    expect(await recordOf(machine.executionArn)).to.include({ notify: 'machine', runningShard: 'RUNNING' });
    topic().failNext(new Error('SNS is down'));
    await failureOf(sweepOf(machine, async () => ({ status: 'ABORTED' })).run());
    const pending = await recordOf(machine.executionArn);
    expect(pending).to.include({ notify: 'pending', runningShard: 'RUNNING' });
    await sweep(givenSweep(db, topic()).tools, pending);
    expect(topic().messagesAbout(machine.executionArn)).to.have.length(1);
  });
});

describe('what is unreported', () => {
  const now = new Date('2026-11-24T00:10:00.000Z');
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
  const settled = executionRow({
    status: 'FAILED',
    startedAt: before(600_000),
    stoppedAt: before(10_001),
    notify: 'pending',
    runningShard: 'RUNNING',
  });
  const at = (changes: Partial<ExecutionRow>) => isUnreported({ ...settled, ...changes }, now, 10_000);

  it('is a settled record that is still the sweep’s after the grace', () => {
    expect(at({})).to.equal(true);
    expect(at({ stoppedAt: before(10_000) })).to.equal(false);
    expect(at({ status: 'RUNNING' })).to.equal(false);
    const { runningShard: _shard, ...done } = settled;
    expect(isUnreported(done, now, 10_000)).to.equal(false);
    expect(at({ runningShard: 'UNARCHIVED' })).to.equal(false);
    const { stoppedAt: _stopped, ...unstamped } = settled;
    expect(isUnreported(unstamped, now, 600_000)).to.equal(false);
    expect(isUnreported(unstamped, now, 599_999)).to.equal(true);
  });

  it('is none whose message is being sent', () => {
    expect(at({ notifyClaimedAt: before(60_000) })).to.equal(false);
    expect(at({ notifyClaimedAt: before(60_001) })).to.equal(true);
    expect(at({ notifyClaimedAt: before(1), notify: 'sent' })).to.equal(true);
  });

  it('needs the sweep, like what is stale', () => {
    const noTopic = { sns: Object(undefined), topicArn: '', messagesAbout: () => [], failNext: () => undefined };
    const { tools } = givenSweep(createDatabase({}), noTopic, {}, now);
    expect(needsSweep(settled, tools)).to.equal(true);
    expect(needsSweep({ ...settled, status: 'RUNNING', startedAt: before(1) }, tools)).to.equal(false);
    expect(needsSweep({ ...settled, status: 'RUNNING' }, tools)).to.equal(true);
  });
});
