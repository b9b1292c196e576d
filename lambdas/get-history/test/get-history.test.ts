import { type GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { readHistory } from '@goal-activity/core/aws/step-functions.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { startServer } from '../../../local/http/server.ts';
import { failureOf } from '../../../test/support/failure.ts';
import { type AwsServer, useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { type Collaborators, getHistory } from '../src/get-history.ts';

describe('get-history', () => {
  const { db, executions, givenExecution } = useTables();
  /** What is known of an execution that Step Functions does not know. */
  const ask = (
    executionArn: string,
    userId: string,
    readHistory: Collaborators['readHistory'] = async () => undefined,
  ) => getHistory(executionArn, userId, { executions, readHistory, log: createMemoryLog().log });

  it('is empty for an execution that has not begun, and says no more than the end of one that never began', async () => {
    const { executionArn, userId } = await givenExecution({ confirmed: false });
    expect(await ask(executionArn, userId)).to.deep.equal({
      executionArn,
      events: [],
      states: [],
    });
    const end = { status: 'FAILED', error: 'StartRefused', notify: 'machine' } as const;
    await settle(executions, executionArn, end);
    const { events } = await ask(executionArn, userId);
    expect(events.at(-1)).to.include({ kind: 'end', error: 'StartRefused' });
  });

  it("answers 404 for someone else's execution and an unknown one alike, without asking Step Functions (rule 5)", async () => {
    const { executionArn } = await givenExecution();
    const readHistory = () => expect.fail('was asked');
    for (const arn of [executionArn, `${executionArn}9`])
      expectRefusal(await failureOf(ask(arn, 'someone else', readHistory)), 404, 'execution_not_found');
  });

  const event = { id: 1, type: 'TaskStateEntered', timestamp: 1_764_000_000, previousEventId: 0 };
  const events = [{ ...event, stateEnteredEventDetails: { name: 'GetActions' } }];
  const aws = useAwsServer({ GetExecutionHistory: () => ({ events }) });
  const refusing = useAwsServer({}, 'ThrottlingException');
  const silent = useAwsServer({ GetExecutionHistory: () => new Promise<never>(() => undefined) });

  const get = (executionArn: string, userId: string, of: AwsServer) => {
    const parts = { pathParameters: { executionArn } };
    return callOn(db, 'get-history', httpEvent('GET /api/workflows/{executionArn}/history', userId, parts), of);
  };

  it('answers what Step Functions has written down of the execution in the path', async () => {
    const { executionArn, userId } = await givenExecution({ actionCount: 1 });
    const answer = httpAnswer(await get(executionArn, userId, aws()));
    expect(answer).to.nested.include({ status: 200, 'body.executionArn': executionArn });
    expect(answer).to.nested.include({ 'body.states[0].state': 'GetActions', 'body.events.length': 1 });
    expect(aws().calls[0]?.input).to.include({ executionArn });
    expect(httpAnswer(await get(`${executionArn}9`, userId, aws()))).to.nested.include({
      status: 404,
      'body.code': 'execution_not_found',
    });
  });

  it('answers from the database after 5 s when Step Functions does not answer at all', async () => {
    const { executionArn, userId } = await givenExecution({ actionCount: 1 });
    const begun = performance.now();
    const called = await get(executionArn, userId, silent());
    expect(httpAnswer(called)).to.nested.include({ status: 200 });
    expect(performance.now() - begun).to.be.at.least(4_900);
    // The attempts of the SDK would end with another error, much later.
    expect(called.lines[0]?.errorMessage).to.equal('AbortError: Request aborted');
  });

  it('answers from the database while Step Functions refuses, and logs why', async () => {
    const { executionArn, userId } = await givenExecution({ actionCount: 1 });
    const called = await get(executionArn, userId, refusing());
    const { status, body } = httpAnswer(called);
    const { states }: { states: { state: string }[] } = Object(body);
    expect(status).to.equal(200);
    expect(states.map(({ state }) => state)).to.deep.equal(['ValidateInput', 'ProcessBatches']);
    expect(called.lines).to.have.length(2);
    expect(called.lines[0]).to.include({ level: 'warn', executionArn, errorName: 'TransientError' });
    expect(called.lines[0]?.errorMessage).to.contain('ThrottlingException');
  });
});

describe('readHistory', () => {
  const patient = AbortSignal.any([]);

  it('is given up when the time is over, though Step Functions never answers', async () => {
    const silent = await startServer(() => undefined);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const real = new SFNClient({ endpoint: silent.url, region: 'x', credentials });
    const before = performance.now();
    await failureOf(readHistory('arn', real, AbortSignal.timeout(100)));
    expect(performance.now() - before).to.be.at.least(90);
    real.destroy();
    await silent.close();
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

  it('is undefined for an execution that there is not', async () => {
    const none = client(() => {
      throw Object.assign(new Error('no'), { name: 'ExecutionDoesNotExist' });
    });
    expect(await readHistory('arn', none, patient)).to.equal(undefined);
  });
});
