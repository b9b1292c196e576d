import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved } from '../../../../test/support/stack/goal.ts';
import type { Database } from '../../src/aws/database.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { executionInput } from '../../src/execution/claim.ts';
import { getGoal } from '../../src/goal/rows.ts';
import { listTasks } from '../../src/goal/tasks.ts';
import type { ExecutionRow } from '../../src/types.ts';
import { repair, staleness } from '../../src/workflow/repair.ts';
import { givenTools } from '../support/tools.ts';

const limits = { startGraceMs: 10_000, executionTimeoutMs: 900_000 };
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

describe('repair', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  async function recordOf(_db: Database, executionArn: string): Promise<ExecutionRow> {
    const record = await executions.get(executionArn);
    if (record === undefined) throw new Error('no record');
    return record;
  }

  it('judges from the record alone what is stale', async () => {
    const { record } = await givenExecution(db);
    const at = (startedAgo: number, changes: Partial<ExecutionRow> = {}) =>
      staleness({ ...record, startedAt: ago(startedAgo).toISOString(), ...changes }, new Date(), limits);
    const confirmed = { confirmedAt: new Date().toISOString() };
    expect(at(9_000)).to.equal('fresh');
    expect(at(11_000)).to.equal('not confirmed');
    expect(at(11_000, confirmed)).to.equal('fresh');
    expect(at(909_000, confirmed)).to.equal('fresh');
    expect(at(911_000, confirmed)).to.equal('overdue');
    expect(at(911_000)).to.equal('overdue');
    expect(at(911_000, { status: 'SUCCEEDED' })).to.equal('fresh');
    expect(at(20_000, { cancelRequestedAt: ago(9_000).toISOString() })).to.equal('fresh');
    expect(at(20_000, { cancelRequestedAt: ago(11_000).toISOString() })).to.equal('cancel unfinished');
    // What is due of a settled one is the sweep's, never that of a status read.
    expect(at(911_000, { status: 'TIMED_OUT', notify: 'pending', metrics: 'pending' })).to.equal('fresh');
  });

  it('makes no call for a fresh execution: polling must cost nothing', async () => {
    const { record } = await givenExecution(db);
    const { tools, calls } = givenTools(db, {});
    expect(await repair(tools, record)).to.equal(record);
    expect(calls).to.deep.equal([]);
  });

  it('issues the same StartExecution again for a claim that was never started (rule 1)', async () => {
    const { executionArn, goalId, userId, record } = await givenExecution(db, { now: ago(11_000), confirmed: false });
    const sent: unknown[] = [];
    const { tools, lines } = givenTools(db, {
      start: async (name, input) => {
        sent.push({ name, input });
        return 'started';
      },
    });
    await repair(tools, await recordOf(db, executionArn));
    expect(sent).to.deep.equal([{ name: `${goalId}-1`, input: { goalId, userId, actionIds: record.actionIds } }]);
    expect(await getGoal(db, goalId)).to.include({ status: 'processing' });
    expect(lines.at(-1)).to.include({ level: 'info', executionArn, goalId });
  });

  it('settles a claim that can never be started, with an alert due, instead of leaving the goal stuck (rule 4)', async () => {
    const { executionArn, goalId } = await givenExecution(db, { now: ago(11_000), confirmed: false });
    const { tools, lines } = givenTools(db, {
      start: async () => {
        throw new PermanentError('StateMachineDoesNotExist');
      },
    });
    expect(await repair(tools, await recordOf(db, executionArn))).to.include({ status: 'FAILED' });
    expect(await getGoal(db, goalId)).to.include({ status: 'failed' });
    const why = { error: 'StartRefused', cause: 'StateMachineDoesNotExist', notify: 'pending' };
    expect(await executions.get(executionArn)).to.include(why);
    expect(lines.map(({ level, executionArn: arn, goalId: goal }) => [level, arn, goal])).to.deep.equal([
      ['warn', executionArn, goalId],
      ['error', executionArn, goalId],
    ]);
    expect(lines[0]).to.include({ reason: 'not confirmed' });
    expect(lines[1]).to.include({ errorName: 'PermanentError', errorMessage: 'StateMachineDoesNotExist' });
  });

  it('leaves the claim as it is while Step Functions does not answer', async () => {
    const { executionArn, goalId } = await givenExecution(db, { now: ago(11_000), confirmed: false });
    const { tools } = givenTools(db, {
      start: async () => {
        throw new TransientError('throttled');
      },
    });
    expect((await failureOf(repair(tools, await recordOf(db, executionArn)))).name).to.equal('TransientError');
    expect(await getGoal(db, goalId)).to.include({ status: 'processing' });
  });

  for (const [what, age, described] of [
    ['has other input', 11_000, { status: 'SUCCEEDED', input: '{}', startedAt: new Date() }],
    ['has other input and still runs', 11_000, { status: 'RUNNING', input: '{}', startedAt: new Date() }],
    ['ended before the claim', 11_000, { status: 'TIMED_OUT', startedAt: ago(3_600_000) }],
    ['ended before a claim that is overdue', 911_000, { status: 'ABORTED', startedAt: ago(3_600_000) }],
  ] as const) {
    it(`never takes the end of an execution for that of a claim whose name it has: ${what}`, async () => {
      const { executionArn, goalId } = await givenExecution(db, { now: ago(age), confirmed: false });
      const { tools } = givenTools(db, { start: async () => 'exists', describe: async () => described });
      expect(await repair(tools, await recordOf(db, executionArn))).to.include({
        status: 'FAILED',
        error: 'NameTaken',
        cause: 'The name of this execution is that of an earlier one.',
        notify: 'pending',
      });
      expect(await getGoal(db, goalId)).to.include({ status: 'failed' });
    });
  }

  it('settles a claim with the end of its own execution, which another repair has started', async () => {
    const { executionArn, record } = await givenExecution(db, { now: ago(11_000), confirmed: false });
    const described = { status: 'TIMED_OUT', input: JSON.stringify(executionInput(record)), startedAt: new Date() };
    const { tools } = givenTools(db, { start: async () => 'exists', describe: async () => described });
    expect(await repair(tools, await recordOf(db, executionArn))).to.include({ status: 'TIMED_OUT' });
  });

  it('does not doubt an execution whose first step has confirmed it', async () => {
    const { executionArn } = await givenExecution(db, { now: ago(911_000) });
    const described = { status: 'ABORTED', input: '{}', startedAt: ago(3_600_000) };
    const { tools } = givenTools(db, { describe: async () => described });
    expect(await repair(tools, await recordOf(db, executionArn))).to.include({ status: 'ABORTED' });
  });

  for (const [described, status, goalStatus] of [
    [{ status: 'TIMED_OUT' }, 'TIMED_OUT', 'partial'],
    [{ status: 'ABORTED', error: 'ABORT' }, 'ABORTED', 'partial'],
    [{ status: 'FAILED', error: 'States.Runtime' }, 'FAILED', 'partial'],
    [{ status: 'SUCCEEDED' }, 'PARTIALLY_SUCCEEDED', 'partial'],
    [undefined, 'FAILED', 'partial'],
  ] as const) {
    it(`settles an overdue execution that is ${described?.status ?? 'unknown'} in Step Functions as ${status} (rule 4)`, async () => {
      const execution = await givenExecution(db, { actionCount: 2, now: ago(911_000) });
      await givenSaved(db, execution, [0]);
      const { tools, ends } = givenTools(db, { describe: async () => described });
      const overdue = await recordOf(db, execution.executionArn);
      const settled = await repair(tools, overdue);
      expect(settled).to.include({ status, notify: 'pending' });
      expect(await repair(tools, overdue)).to.include({ status });
      expect(ends.map(({ record }) => record.status)).to.deep.equal([status]);
      expect(await getGoal(db, execution.goalId)).to.include({ status: goalStatus });
    });
  }

  it('says of actions that a time-out left undone that they were timed out, as the status event would', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 2, now: ago(911_000) });
    const { tools } = givenTools(db, { describe: async () => ({ status: 'TIMED_OUT' }) });
    const settled = await repair(tools, await recordOf(db, executionArn));
    expect(settled).to.include({ error: 'TIMED_OUT', cause: 'The execution did not end within its time limit.' });
    for (const { error, reason } of await executions.outcomes(executionArn))
      expect({ error, reason }).to.deep.equal({ error: settled.error, reason: settled.cause });
  });

  it('leaves an overdue execution alone that Step Functions says is running', async () => {
    const { executionArn } = await givenExecution(db, { now: ago(911_000) });
    const { tools } = givenTools(db, { describe: async () => ({ status: 'RUNNING' }) });
    expect(await repair(tools, await recordOf(db, executionArn))).to.include({ status: 'RUNNING' });
  });

  it('stops the execution and finishes a cancel whose caller died', async () => {
    const execution = await givenExecution(db);
    await givenSaved(db, execution, [0]);
    await executions.changeOpen(execution.executionArn, { cancelRequestedAt: ago(11_000).toISOString() });
    const { tools, calls, ends } = givenTools(db, { stop: async () => undefined });
    expect(await repair(tools, await recordOf(db, execution.executionArn))).to.include({
      status: 'ABORTED',
    });
    expect(calls).to.deep.equal(['stop']);
    expect(ends).to.have.length(1);
    expect(await listTasks(db, execution.goalId)).to.deep.equal([]);
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'draft' });
  });

  it('gives the record back as it was when its row is gone', async () => {
    const { record } = await givenExecution(db, { now: ago(911_000) });
    const gone = { ...record, executionArn: `${record.executionArn}-gone` };
    const { tools, calls, ends } = givenTools(db, {
      describe: async () => ({ status: 'FAILED' }),
      stop: async () => undefined,
    });
    expect(await repair(tools, gone)).to.equal(gone);
    const unfinished = { ...gone, cancelRequestedAt: ago(11_000).toISOString() };
    expect(await repair(tools, unfinished)).to.equal(unfinished);
    expect(calls).to.deep.equal(['describe', 'stop']);
    expect(ends).to.deep.equal([]);
  });

  it('waits out the grace of a start and of a cancel to its last millisecond', async () => {
    const { record } = await givenExecution(db, { confirmed: false });
    const now = new Date();
    const before = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
    const at = (changes: Partial<ExecutionRow>) => staleness({ ...record, ...changes }, now, limits);
    expect(at({ startedAt: before(10_000) })).to.equal('fresh');
    expect(at({ startedAt: before(10_001) })).to.equal('not confirmed');
    expect(at({ startedAt: before(910_000) })).to.equal('not confirmed');
    expect(at({ startedAt: before(910_001) })).to.equal('overdue');
    expect(at({ cancelRequestedAt: before(10_000) })).to.equal('fresh');
    expect(at({ cancelRequestedAt: before(10_001) })).to.equal('cancel unfinished');
  });

  it('stops an execution with the reason of its cancel, or in words', async () => {
    for (const [reason, words] of [
      [{ cancelReason: 'changed my mind' }, 'changed my mind'],
      [{}, 'Cancelled by the user.'],
    ] as const) {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      await executions.changeOpen(executionArn, { cancelRequestedAt: ago(11_000).toISOString(), ...reason });
      const stops: unknown[] = [];
      const { tools } = givenTools(db, { stop: async (...stop) => void stops.push(stop) });
      await repair(tools, await recordOf(db, executionArn));
      expect(stops).to.deep.equal([[executionArn, 'ABORT', words]]);
    }
  });

  it('says of an execution that Step Functions does not know that it never started', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1, now: ago(911_000) });
    const { tools } = givenTools(db, { describe: async () => undefined });
    expect(await repair(tools, await recordOf(db, executionArn))).to.include({
      status: 'FAILED',
      error: 'NeverStarted',
      cause: 'There is no such execution.',
    });
  });

  it('leaves a claim alone whose execution Step Functions has, but does not describe yet', async () => {
    const { executionArn } = await givenExecution(db, { now: ago(11_000), confirmed: false });
    const { tools, ends } = givenTools(db, { start: async () => 'exists', describe: async () => undefined });
    const found = await recordOf(db, executionArn);
    expect(await repair(tools, found)).to.equal(found);
    expect(ends).to.deep.equal([]);
  });

  it('leaves alone an execution whose status means nothing to it', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1, now: ago(911_000) });
    const { tools, ends } = givenTools(db, { describe: async () => ({ status: 'PENDING_REDRIVE' }) });
    expect(await repair(tools, await recordOf(db, executionArn))).to.include({ status: 'RUNNING' });
    expect(ends).to.deep.equal([]);
  });
});
