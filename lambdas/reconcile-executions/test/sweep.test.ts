import { createDatabase } from '@goal-activity/core/aws/database.ts';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { useTopic } from '../../../test/support/stack/topic.ts';
import { failing } from '../../core/test/support/failing.ts';
import { executionRow } from '../../core/test/support/rows.ts';
import { useTables, withPart } from '../../core/test/support/tables.ts';
import { givenSweep } from '../../core/test/support/tools.ts';
import { needsSweep, sweep } from '../src/sweep.ts';

describe('sweep', () => {
  const { db, executions, givenExecution } = useTables();
  const topic = useTopic();

  it('has people told, and all done, of a settled record whose event was lost, and asks Step Functions how it ended', async () => {
    const ended = { status: 'FAILED', notify: 'machine' } as const;
    const { executionArn, record } = await givenExecution({ actionCount: 1, ended });
    const described = async () => ({ status: 'FAILED', error: 'SNS.NotFoundException' });
    const { tools, calls, puts } = givenSweep(db, topic(), { describe: described });
    await sweep(tools, record);
    expect([calls, puts.length]).to.deep.equal([['describe'], 1]);
    expect(topic().messagesAbout(executionArn)).to.have.length(1);
    const done = { notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' };
    expect(withPart(await executions.get(executionArn))).to.include(done);
  });

  it('does nothing else with what still runs', async () => {
    const { record } = await givenExecution({ actionCount: 1 });
    const unused = failing(db, (command) => new Error(`${command} is not expected`));
    const { tools, puts } = givenSweep(unused, topic());
    await sweep(tools, record);
    expect(puts).to.deep.equal([]);
    expect(await executions.get(record.executionArn)).to.deep.equal(record);
  });
});

describe('what needs the sweep', () => {
  const now = new Date('2026-11-24T00:10:00.000Z');
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
  const settled = executionRow({
    status: 'FAILED',
    startedAt: before(600_000),
    stoppedAt: before(10_001),
    notify: 'pending',
    runningShard: 'RUNNING',
  });
  const { tools } = givenSweep(createDatabase({}), Object(undefined), {}, now);
  const at = (changes: Partial<ExecutionRow>, record = settled) => needsSweep({ ...record, ...changes }, tools);

  it('is a settled record that is still the sweep’s after the grace', () => {
    expect(at({})).to.equal(true);
    expect(at({ stoppedAt: before(10_000) })).to.equal(false);
    expect(at({ runningShard: 'UNARCHIVED' })).to.equal(false);
    const { runningShard: _shard, ...done } = settled;
    expect(at({}, done)).to.equal(false);
    const { stoppedAt: _stopped, ...unstamped } = settled;
    expect(at({ startedAt: before(10_000) }, unstamped)).to.equal(false);
    expect(at({ startedAt: before(10_001) }, unstamped)).to.equal(true);
  });

  it('is none whose message is being sent', () => {
    expect(at({ notifyClaimedAt: before(60_000) })).to.equal(false);
    expect(at({ notifyClaimedAt: before(60_001) })).to.equal(true);
    expect(at({ notifyClaimedAt: before(1), notify: 'sent' })).to.equal(true);
  });

  it('is what is stale, of those that run', () => {
    expect(at({ status: 'RUNNING' })).to.equal(true);
    expect(at({ status: 'RUNNING', startedAt: before(1) })).to.equal(false);
  });
});
