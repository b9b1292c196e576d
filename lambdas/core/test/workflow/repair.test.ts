import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import type { Description, Workflow } from '../../src/aws/step-functions.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { executionInput } from '../../src/execution/claim.ts';
import { repair, staleness } from '../../src/workflow/repair.ts';
import { executionRow } from '../support/rows.ts';
import { useTables } from '../support/tables.ts';
import { givenTools } from '../support/tools.ts';

const limits = { startGraceMs: 10_000, executionTimeoutMs: 900_000 };
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);
const requestedAt = (at: Date) => ({ cancelRequestedAt: at.toISOString() });

describe('what is stale', () => {
  const now = new Date('2026-11-24T01:00:00.000Z');
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
  const confirmed = { confirmedAt: before(0) };
  for (const [state, startedAgo, changes] of [
    ['fresh', 10_000, {}],
    ['not confirmed', 10_001, {}],
    ['not confirmed', 910_000, {}],
    ['overdue', 910_001, {}],
    ['fresh', 10_001, confirmed],
    ['fresh', 910_000, confirmed],
    ['overdue', 910_001, confirmed],
    ['fresh', 911_000, { cancelRequestedAt: before(10_000) }],
    ['cancel unfinished', 20_000, { cancelRequestedAt: before(10_001) }],
    // What is due of a settled one is the sweep's, never that of a status read.
    ['fresh', 911_000, { status: 'TIMED_OUT', notify: 'pending', metrics: 'pending' }],
  ] as const) {
    it(`is judged from the record alone: ${startedAgo} ms after the start with ${Object.keys(changes)} it is ${state}`, () => {
      const record = executionRow({ startedAt: before(startedAgo), ...changes });
      expect(staleness(record, now, limits)).to.equal(state);
    });
  }
});

describe('repair', () => {
  const { db, executions, goalOf, tasksOf, givenExecution } = useTables();
  const given = (answers: Partial<Workflow>) => givenTools(db, answers);
  /** Step Functions has an execution of the name, which is as described. */
  const existing = (description?: Description) =>
    given({ start: async () => 'exists', describe: async () => description });
  /** A claim whose start died, of an age in milliseconds. */
  const givenClaim = (age = 11_000) => givenExecution({ actionCount: 2, now: ago(age), confirmed: false });
  /** An execution whose end nobody has noticed. */
  const givenOverdue = (saved: number[] = []) => givenExecution({ actionCount: 2, now: ago(911_000), saved });

  it('issues the same StartExecution again for a claim that was never started (rule 1)', async () => {
    const { executionArn, goalId, userId, record } = await givenClaim();
    const { tools, starts, lines } = given({ start: async () => 'started' });
    await repair(tools, record);
    expect(starts).to.deep.equal([{ name: `${goalId}-1`, input: { goalId, userId, actionIds: record.actionIds } }]);
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
    expect(lines.at(-1)).to.include({ level: 'info', executionArn, goalId });
  });

  it('settles a claim that can never be started, with an alert due, instead of leaving the goal stuck (rule 4)', async () => {
    const { executionArn, goalId, record } = await givenClaim();
    const words = 'StateMachineDoesNotExist';
    const { tools, lines } = given({ start: () => Promise.reject(new PermanentError(words)) });
    const end = { status: 'FAILED', error: 'StartRefused', cause: words, notify: 'pending' };
    expect(await repair(tools, record)).to.include(end);
    expect(await executions.get(executionArn)).to.include(end);
    expect(await goalOf(goalId)).to.include({ status: 'failed' });
    expect(lines).to.have.length(2);
    expect(lines[0]).to.include({ level: 'warn', executionArn, goalId, reason: 'not confirmed' });
    const why = { errorName: 'PermanentError', errorMessage: words };
    expect(lines[1]).to.include({ level: 'error', executionArn, goalId, ...why });
  });

  it('leaves the claim as it is while Step Functions does not answer', async () => {
    const { goalId, record } = await givenClaim();
    const { tools } = given({ start: () => Promise.reject(new TransientError('throttled')) });
    expect((await failureOf(repair(tools, record))).name).to.equal('TransientError');
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });

  for (const [what, age, described] of [
    ['has other input', 11_000, { status: 'SUCCEEDED', input: '{}', startedAt: new Date() }],
    ['ended before a claim that is overdue', 911_000, { status: 'ABORTED', startedAt: ago(3_600_000) }],
  ] as const) {
    it(`never takes the end of an execution for that of a claim whose name it has: ${what}`, async () => {
      const { goalId, record } = await givenClaim(age);
      const cause = 'The name of this execution is that of an earlier one.';
      const end = { status: 'FAILED', error: 'NameTaken', cause, notify: 'pending' };
      expect(await repair(existing(described).tools, record)).to.include(end);
      expect(await goalOf(goalId)).to.include({ status: 'failed' });
    });
  }

  it('settles a claim with the end of its own execution, which another repair has started', async () => {
    const { record } = await givenClaim();
    const described = { status: 'TIMED_OUT', input: JSON.stringify(executionInput(record)), startedAt: new Date() };
    expect(await repair(existing(described).tools, record)).to.include({ status: 'TIMED_OUT' });
  });

  it('does not doubt an execution whose first step has confirmed it', async () => {
    const { record } = await givenOverdue();
    const described = { status: 'ABORTED', input: '{}', startedAt: ago(3_600_000) };
    expect(await repair(given({ describe: async () => described }).tools, record)).to.include({ status: 'ABORTED' });
  });

  for (const [described, end] of [
    [
      { status: 'TIMED_OUT' },
      { status: 'TIMED_OUT', error: 'TIMED_OUT', cause: 'The execution did not end within its time limit.' },
    ],
    [{ status: 'ABORTED', error: 'ABORT', cause: 'why' }],
    [{ status: 'FAILED', error: 'States.Runtime' }],
    [{ status: 'SUCCEEDED' }, { status: 'PARTIALLY_SUCCEEDED' }],
    [undefined, { status: 'FAILED', error: 'NeverStarted', cause: 'There is no such execution.' }],
  ] as const) {
    it(`settles an overdue execution that is ${described?.status ?? 'unknown'} in Step Functions as it ended (rule 4)`, async () => {
      const { executionArn, goalId, record } = await givenOverdue([0]);
      const { tools, ends } = given({ describe: async () => described });
      const settled = await repair(tools, record);
      expect(settled).to.include({ ...(end ?? described), notify: 'pending' });
      expect(await repair(tools, record)).to.include(end ?? described);
      expect(ends.map((each) => each.record.status)).to.deep.equal([settled.status]);
      expect(await goalOf(goalId)).to.include({ status: 'partial' });
      // As the status event would say it of the action that was cut off.
      const { error, reason } = (await executions.outcomes(executionArn))[1] ?? {};
      if (settled.error !== undefined) expect([error, reason]).to.deep.equal([settled.error, settled.cause]);
    });
  }

  it('leaves an overdue execution alone that Step Functions says is running, or will be', async () => {
    for (const status of ['RUNNING', 'PENDING_REDRIVE']) {
      const { record } = await givenOverdue();
      const { tools, ends } = given({ describe: async () => ({ status }) });
      expect(await repair(tools, record)).to.equal(record);
      expect(ends).to.deep.equal([]);
    }
  });

  it('leaves a claim alone whose execution Step Functions has, but does not describe yet', async () => {
    const { record } = await givenClaim();
    const { tools, ends } = existing();
    expect(await repair(tools, record)).to.equal(record);
    expect(ends).to.deep.equal([]);
  });

  for (const [words, reason] of [
    ['changed my mind', { cancelReason: 'changed my mind' }],
    ['Cancelled by the user.', {}],
  ] as const) {
    it(`stops the execution and finishes a cancel whose caller died, with the words ${words}`, async () => {
      const cancelled = { ...requestedAt(ago(11_000)), ...reason };
      const { executionArn, goalId, record } = await givenExecution({ saved: [0], cancelled });
      const stops: unknown[] = [];
      const { tools, ends } = given({ stop: async (...stop) => void stops.push(stop) });
      expect(await repair(tools, record)).to.include({ status: 'ABORTED' });
      expect(stops).to.deep.equal([[executionArn, 'ABORT', words]]);
      expect(ends).to.have.length(1);
      expect(await tasksOf(goalId)).to.deep.equal([]);
      expect(await goalOf(goalId)).to.include({ status: 'draft' });
    });
  }

  it('gives the record back as it was when its row is gone', async () => {
    const { record } = await givenOverdue();
    const gone = { ...record, executionArn: `${record.executionArn}-gone` };
    const { tools, calls, ends } = given({ describe: async () => ({ status: 'FAILED' }), stop: async () => undefined });
    expect(await repair(tools, gone)).to.equal(gone);
    const unfinished = { ...gone, ...requestedAt(ago(11_000)) };
    expect(await repair(tools, unfinished)).to.equal(unfinished);
    expect([calls, ends]).to.deep.equal([['describe', 'stop'], []]);
  });
});
