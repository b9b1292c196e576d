import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { startWorkflow } from '../../../start-workflow/src/start-workflow.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { executionInput, unclaim } from '../../src/execution/claim.ts';
import type { StartTools } from '../../src/workflow/start.ts';
import { expectRefusal } from '../support/refusals.ts';
import { cancelRequested, useTables } from '../support/tables.ts';
import { givenStart } from '../support/tools.ts';

const refused = async () => Promise.reject(new PermanentError('AccessDeniedException'));

describe('a start that finds a claim whose execution has not begun', () => {
  const { db, executions, goalOf, givenGoal, givenExecution } = useTables();
  const given = (now = new Date()) => givenExecution({ actionCount: 2, confirmed: false, now });

  it('issues the same StartExecution, and notes that it went through before it answers with the execution', async () => {
    const { executionArn, goalId, userId, record } = await given();
    const { calls, tools } = givenStart(db);
    const answer = { isNew: false, 'record.executionArn': executionArn };
    expect(await startWorkflow(goalId, userId, tools)).to.nested.include(answer);
    expect(calls).to.deep.equal([{ name: record.name, input: executionInput(record) }]);
    expect((await executions.get(executionArn))?.confirmedAt).to.be.a('string');
    await startWorkflow(goalId, userId, tools);
    expect(calls).to.have.length(1);
  });

  it('answers with no execution that vanishes: the first start cannot take its claim back any more', async () => {
    const { goalId, userId } = await givenGoal(2);
    let second: ReturnType<typeof startWorkflow> | undefined;
    const first = givenStart(db, async () => {
      // Between the claim of the first start and its refusal.
      second ??= startWorkflow(goalId, userId, givenStart(db).tools);
      await second;
      return refused();
    });
    expectRefusal(await failureOf(startWorkflow(goalId, userId, first.tools)), 503, 'start_delayed');
    const answer = await second;
    expect(answer?.isNew).to.equal(false);
    expect(await executions.get(answer?.record.executionArn ?? '')).to.include({ status: 'RUNNING' });
    expect(await goalOf(goalId)).to.include({ status: 'processing', attempt: 1 });
  });

  it('starts anew, under the next name, when the claim was taken back meanwhile', async () => {
    const { goalId, userId, record } = await given();
    const { calls, tools } = givenStart(db, async (name) => {
      if (name === record.name) await unclaim(executions, record);
      return 'started';
    });
    const answer = { isNew: true, 'record.name': `${goalId}-2` };
    expect(await startWorkflow(goalId, userId, tools)).to.nested.include(answer);
    expect(calls.map(({ name }) => name)).to.deep.equal([`${goalId}-1`, `${goalId}-2`]);
  });

  for (const [what, start, why] of [
    ['is throttled', () => Promise.reject(new TransientError('throttled')), 'throttled'],
    ['is refused for good, which is for the first start to decide', refused, 'AccessDeniedException'],
    ['says that it is there, but Step Functions does not describe it yet', async () => 'exists' as const],
  ] as const) {
    it(`asks to come again and leaves the claim when StartExecution ${what}`, async () => {
      const { executionArn, goalId, userId } = await given();
      const { tools, lines } = givenStart(db, start);
      expectRefusal(await failureOf(startWorkflow(goalId, userId, tools)), 503, 'start_delayed');
      if (why) expect(lines.at(-1)).to.include({ level: 'error', executionArn, goalId, errorMessage: why });
      expect(await executions.get(executionArn)).to.include({ status: 'RUNNING' });
    });
  }

  it('answers with the execution that a repair has started and that has ended since, and leaves its end to be settled', async () => {
    const { executionArn, goalId, userId, record } = await given();
    const input = JSON.stringify(executionInput(record));
    const described = async () => ({ status: 'FAILED', input, startedAt: new Date() });
    const { tools } = givenStart(db, async () => 'exists', 5, described);
    expect((await startWorkflow(goalId, userId, tools)).record).to.include({ executionArn });
    expect(await executions.get(executionArn)).not.to.have.property('confirmedAt');
  });
});

describe('a start whose execution name is taken, as after a point-in-time restore', () => {
  const { db, executions, goalOf, givenGoal } = useTables();

  /** Step Functions has closed executions under the first names of the goal. */
  const takenUpTo = (goalId: string, last: number): StartTools['workflow']['start'] => {
    const taken = new Set(Array.from({ length: last }, (_, index) => `${goalId}-${index + 1}`));
    return async (name) => (taken.has(name) ? 'exists' : 'started');
  };
  for (const [what, found] of [
    ['other input', { input: '{"goalId":"other"}', startedAt: new Date() }],
    ['been forgotten', undefined],
  ] as const) {
    it(`takes the claim back and uses the next name when that execution has ${what}`, async () => {
      const { goalId, userId } = await givenGoal(2);
      const described = async () => found && { status: 'SUCCEEDED', ...found };
      const { calls, tools, lines } = givenStart(db, takenUpTo(goalId, 2), 5, described);
      const answer = { isNew: true, 'record.name': `${goalId}-3` };
      expect(await startWorkflow(goalId, userId, tools)).to.nested.include(answer);
      expect(calls.map(({ name }) => name)).to.deep.equal([1, 2, 3].map((attempt) => `${goalId}-${attempt}`));
      expect(await goalOf(goalId)).to.include({ status: 'processing', attempt: 3 });
      const first = tools.workflow.executionArnOf(`${goalId}-1`);
      expect(await executions.read(first)).to.deep.equal({ record: undefined, outcomes: [] });
      const warning = { level: 'warn', executionArn: first, goalId };
      expect(lines.find(({ level }) => level === 'warn')).to.include(warning);
    });
  }

  it('skips names that records have, in ever longer steps, so that many of them do not stop a start', async () => {
    const { goalId, userId } = await givenGoal(1);
    const { calls, tools } = givenStart(db);
    // As after the table of goals alone was restored, to a time before these executions.
    for (const attempt of [1, 2, 4, 8, 16, 32]) {
      const executionArn = tools.workflow.executionArnOf(`${goalId}-${attempt}`);
      await db.client.send(new PutCommand({ TableName: db.executions, Item: { executionArn, sk: 'EXECUTION' } }));
    }
    const { record } = await startWorkflow(goalId, userId, tools);
    expect(record.name).to.equal(`${goalId}-64`);
    expect(calls.map(({ name }) => name)).to.deep.equal([`${goalId}-64`]);
    expect(await goalOf(goalId)).to.include({ attempt: 64, executionArn: record.executionArn });
  });

  it('takes an execution of the very claim, started by a repair and ended since, for what it is', async () => {
    const { goalId, userId } = await givenGoal(1);
    let input = '';
    const start: StartTools['workflow']['start'] = async (_name, given) => {
      input = JSON.stringify(given);
      return 'exists';
    };
    const described = async () => ({ status: 'SUCCEEDED', input, startedAt: new Date(Date.now() - 30_000) });
    const { calls, tools } = givenStart(db, start, 5, described);
    expect(await startWorkflow(goalId, userId, tools)).to.nested.include({ isNew: true, 'record.name': `${goalId}-1` });
    expect(calls).to.have.length(1);
  });
});

describe('a start while a cancel is under way', () => {
  const { db, givenExecution } = useTables();

  it('is refused as such, with when to come again, and starts nothing', async () => {
    const { goalId, userId } = await givenExecution({ cancelled: cancelRequested() });
    const { calls, tools } = givenStart(db);
    const problem = await failureOf(startWorkflow(goalId, userId, tools));
    expectRefusal(problem, 409, 'execution_cancelling');
    expect(problem).to.include({ retryAfterSeconds: 2 });
    expect(calls).to.deep.equal([]);
  });
});
