import { once } from 'node:events';
import { createServer } from 'node:net';
import { type GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { readHistory } from '@goal-activity/core/aws/step-functions.ts';
import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved } from '../../../test/support/stack/goal.ts';
import { type AwsServer, useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { type Collaborators, getHistory } from '../src/get-history.ts';

describe('getHistory', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const given = (events: HistoryEvent[] | undefined): Collaborators => ({
    executions: executions,
    readHistory: async () => events,
    log: createMemoryLog().log,
  });

  it('is made from the database when Step Functions has forgotten the execution', async () => {
    const execution = await givenExecution(db, { actionCount: 3, now: new Date(Date.now() - 60_000) });
    const { executionArn, userId, actions } = execution;
    await givenSaved(db, execution, [0]);
    const failure = { outcome: 'FAILED', error: 'PermanentError', reason: 'denied' } as const;
    await executions.endOutcome(executionArn, 1, failure);
    await executions.endOutcome(executionArn, 2, { outcome: 'CANCELLED' });
    await settle(executions, executionArn, { status: 'ABORTED', error: 'ABORT', notify: 'machine' });
    const { events, states } = await getHistory(executionArn, userId, given(undefined));
    expect(events.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(events.map(({ kind, state, actionId, error }) => [kind, state, actionId, error])).to.deep.equal([
      ['state', 'ValidateInput', null, null],
      ['state', 'SaveTasks', actions[0]?.actionId, null],
      ['failure', 'GenerateTasks', actions[1]?.actionId, 'PermanentError'],
      ['failure', null, actions[2]?.actionId, 'ABORT'],
      ['end', null, null, 'ABORT'],
    ]);
    expect(events.at(-1)?.durationMs).to.be.at.least(60_000);
    expect(states.map(({ state, count }) => [state, count])).to.deep.equal([
      ['ValidateInput', 1],
      ['ProcessBatches', 1],
    ]);
  });

  it('is empty for an execution that has not begun, and says no more than the end of one that never began', async () => {
    const { executionArn, userId } = await givenExecution(db, { confirmed: false });
    expect(await getHistory(executionArn, userId, given(undefined))).to.deep.equal({
      executionArn,
      events: [],
      states: [],
    });
    const end = { status: 'FAILED', error: 'StartRefused', notify: 'machine' } as const;
    await settle(executions, executionArn, end);
    const { events } = await getHistory(executionArn, userId, given(undefined));
    expect(events.at(-1)).to.include({ kind: 'end', error: 'StartRefused' });
  });

  it("answers 404 for someone else's execution and an unknown one alike, without asking Step Functions (rule 5)", async () => {
    const { executionArn } = await givenExecution(db);
    const collaborators = { ...given(undefined), readHistory: async () => Promise.reject(new Error('was asked')) };
    for (const arn of [executionArn, `${executionArn}9`]) {
      const failure = await failureOf(getHistory(arn, 'someone else', collaborators));
      expectRefusal(failure, 404, 'execution_not_found');
    }
  });

  it('is what Step Functions has written down, where it knows more than the end', async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const timestamp = new Date('2026-11-24T00:00:00.000Z');
    const events: HistoryEvent[] = [
      { id: 1, type: 'ExecutionStarted', timestamp },
      {
        id: 2,
        type: 'TaskStateEntered',
        timestamp,
        previousEventId: 0,
        stateEnteredEventDetails: { name: 'GetActions' },
      },
    ];
    const history = await getHistory(executionArn, userId, given(events));
    expect(history).to.include({ executionArn });
    expect(history.states.map(({ state }) => state)).to.deep.equal(['GetActions']);
  });
});

describe('getHistory while Step Functions does not answer', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  for (const failure of [new TransientError('throttled'), new PermanentError('denied')]) {
    it(`is made from the database, and says so in the log: ${failure.name}`, async () => {
      const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
      const { log, lines } = createMemoryLog();
      const { states } = await getHistory(executionArn, userId, {
        executions: executions,
        readHistory: async () => Promise.reject(failure),
        log,
      });
      expect(states.map(({ state }) => state)).to.deep.equal(['ValidateInput', 'ProcessBatches']);
      const why = { errorName: failure.name, errorMessage: failure.message };
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ level: 'warn', executionArn, ...why });
    });
  }
});

describe('readHistory', () => {
  const patient = AbortSignal.any([]);

  it('is given up when the time is over, though Step Functions never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : '';
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const real = new SFNClient({ endpoint: `http://127.0.0.1:${port}`, region: 'x', credentials });
    const before = performance.now();
    await failureOf(readHistory('arn', real, AbortSignal.timeout(100)));
    expect(performance.now() - before).to.be.within(90, 5_000);
    real.destroy();
    silent.close();
  });

  const client = (send: (input: GetExecutionHistoryCommand['input']) => object) =>
    Object.assign(new SFNClient({ region: 'x' }), {
      send: async ({ input }: GetExecutionHistoryCommand) => send(input),
    });

  it('reads page by page, without inputs and outputs, and no further than an execution can get', async () => {
    const asked: unknown[] = [];
    const events = await readHistory(
      'arn',
      client((input) => {
        asked.push(input);
        return { events: Array.from({ length: 1000 }, () => ({})), nextToken: 'more' };
      }),
      patient,
    );
    expect(events).to.have.length(25_000);
    expect(asked).to.have.length(25);
    expect(asked[0]).to.deep.include({ executionArn: 'arn', maxResults: 1000, includeExecutionData: false });
    expect(asked[1]).to.deep.include({ nextToken: 'more' });
  });

  it('is undefined for an execution that there is not, and transient when it is asked too often', async () => {
    const failing = (name: string) =>
      client(() => {
        throw Object.assign(new Error('no'), { name });
      });
    expect(await readHistory('arn', failing('ExecutionDoesNotExist'), patient)).to.equal(undefined);
    expect((await failureOf(readHistory('arn', failing('ThrottlingException'), patient))).name).to.equal(
      'TransientError',
    );
    expect((await failureOf(readHistory('arn', failing('AccessDeniedException'), patient))).name).to.equal(
      'PermanentError',
    );
  });
});

describe('the handler of get-history', () => {
  const db = useDatabase();
  const event = { id: 1, type: 'TaskStateEntered', timestamp: 1_764_000_000, previousEventId: 0 };
  const events = [{ ...event, stateEnteredEventDetails: { name: 'GetActions' } }];
  const aws = useAwsServer({ GetExecutionHistory: () => ({ events }) });
  const refusing = useAwsServer({}, 'ThrottlingException');

  const ask = (executionArn: string, userId: string, of: AwsServer) => {
    const parts = { pathParameters: { executionArn } };
    return callOn(db, 'get-history', httpEvent('GET /api/workflows/{executionArn}/history', userId, parts), of);
  };

  it('answers what Step Functions has written down of the execution in the path', async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const answer = httpAnswer(await ask(executionArn, userId, aws()));
    expect(answer).to.nested.include({ status: 200, 'body.executionArn': executionArn });
    expect(answer).to.nested.include({ 'body.states[0].state': 'GetActions', 'body.events.length': 1 });
    expect(aws().calls[0]?.input).to.include({ executionArn });
    expect(httpAnswer(await ask(`${executionArn}9`, userId, aws()))).to.nested.include({
      status: 404,
      'body.code': 'execution_not_found',
    });
  });

  it('answers from the database while Step Functions refuses, and logs why', async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const called = await ask(executionArn, userId, refusing());
    expect(httpAnswer(called)).to.nested.include({ status: 200, 'body.states[0].state': 'ValidateInput' });
    expect(called.lines[0]).to.include({ level: 'warn', executionArn, errorName: 'TransientError' });
  });
});
