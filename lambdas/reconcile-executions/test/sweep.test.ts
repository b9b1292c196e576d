import { createDatabase } from '@goal-activity/core/aws/database.ts';
import type { Workflow } from '@goal-activity/core/aws/step-functions.ts';
import type { End } from '@goal-activity/core/execution/settle.ts';
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

  const recordOf = async (executionArn: string) => (await executions.get(executionArn)) ?? executionRow();
  /** A record that was settled a while ago, and whatever was due then still is. */
  const givenSettled = async (ended: End = { status: 'FAILED', notify: 'machine' }) =>
    (await givenExecution(db, { actionCount: 1, now: ago(20_000), ended })).record;
  const sweepOf = (record: ExecutionRow, describe?: Workflow['describe'], on = db) => {
    const given = givenSweep(on, topic(), describe === undefined ? {} : { describe });
    return { ...given, run: () => sweep(given.tools, record) };
  };
  const messagesAbout = ({ executionArn }: ExecutionRow) => topic().messagesAbout(executionArn).length;
  const DONE = { notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' };

  for (const [what, description, messages] of [
    ['has told people', { status: 'FAILED', error: 'WorkflowFailed' }, 0],
    ['ended before it could', { status: 'FAILED', error: 'SNS.NotFoundException' }, 1],
    ['is known no more', undefined, 1],
  ] as const) {
    it(`has people told once, and all done, of an end whose event was lost, by a machine that ${what}`, async () => {
      const record = await givenSettled();
      const sweeps = [1, 2, 3].map(() => sweepOf(record, async () => description));
      // The status event comes at the same moment after all.
      const late = messages === 0 ? [] : [sendAlert(givenSweep(db, topic()).tools, record)];
      await Promise.all([...sweeps.map(({ run }) => run()), ...late]);
      await sweepOf(await recordOf(record.executionArn), async () => description).run();
      expect(messagesAbout(record)).to.equal(messages);
      expect(sweeps.flatMap(({ puts }) => puts)).to.have.length(1);
      expect(await recordOf(record.executionArn)).to.include(DONE);
    });
  }

  for (const status of ['RUNNING', 'PENDING_REDRIVE']) {
    it(`leaves it to a machine that is ${status} to tell people, and keeps the record in the index`, async () => {
      const record = await givenSettled();
      const { run, puts } = sweepOf(record, async () => ({ status }));
      await run();
      expect([messagesAbout(record), puts.length]).to.deep.equal([0, 1]);
      expect(await recordOf(record.executionArn)).to.include({ notify: 'machine', runningShard: 'RUNNING' });
    });
  }

  it('sends an alert whose sender died, once, and asks Step Functions nothing', async () => {
    const record = await givenSettled({ status: 'ABORTED', error: 'Outside', notify: 'pending' });
    const sweeps = [1, 2, 3].map(() => sweepOf(record));
    await Promise.all(sweeps.map(({ run }) => run()));
    expect(messagesAbout(record)).to.equal(1);
    const lines = sweeps.flatMap(({ lines: all }) => all);
    expect(lines).to.have.length(1);
    const { executionArn, goalId } = record;
    expect(lines[0]).to.include({ level: 'error', executionArn, goalId, status: 'ABORTED', errorName: 'Outside' });
    expect(lines[0]?.message).to.contain('alert sent');
  });

  it('takes a record out of the index that two left there, each for the other to do', async () => {
    const { executionArn } = await givenSettled();
    await executions.change(executionArn, { set: { notify: 'sent', metrics: 'sent' } });
    const left = await recordOf(executionArn);
    const commands: string[] = [];
    const noting = failing(db, (command) => void commands.push(command));
    const { run, puts } = sweepOf(left, undefined, noting);
    await run();
    expect(commands).to.deep.equal(['UpdateCommand']);
    expect(await recordOf(executionArn)).to.include(DONE);
    expect([messagesAbout(left), puts.length]).to.deep.equal([0, 0]);
  });

  it('does nothing else with what still runs', async () => {
    const { record } = await givenExecution(db, { actionCount: 1 });
    const unused = failing(db, (command) => new Error(`${command} is not expected`));
    const { run, puts } = sweepOf(record, undefined, unused);
    await run();
    expect(puts).to.deep.equal([]);
    expect(await recordOf(record.executionArn)).to.deep.equal(record);
  });

  it('keeps what is due when Step Functions does not answer', async () => {
    const record = await givenSettled();
    const fault = new Error('no answer');
    expect(await failureOf(sweepOf(record, () => Promise.reject(fault)).run())).to.equal(fault);
    expect(await recordOf(record.executionArn)).to.include({ notify: 'machine', runningShard: 'RUNNING' });
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
    const { tools } = givenSweep(createDatabase({}), Object(undefined), {}, now);
    expect(needsSweep(settled, tools)).to.equal(true);
    expect(needsSweep({ ...settled, status: 'RUNNING', startedAt: before(1) }, tools)).to.equal(false);
    expect(needsSweep({ ...settled, status: 'RUNNING' }, tools)).to.equal(true);
  });
});
