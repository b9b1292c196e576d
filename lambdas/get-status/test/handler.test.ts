import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, STATE_MACHINE_ARN } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import {
  callHandler,
  callHandlerInTurn,
  databaseVariables,
  httpAnswer,
  httpEvent,
} from '../../core/test/support/call-handler.ts';

describe('the handler of get-status', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const aws = useAwsServer({ StartExecution: () => ({}) });
  /** A call is up to three requests: the client tries again by itself. */
  const refusing = useAwsServer({}, 'ThrottlingException');

  const ask = async (executionArn: string, userId: string, headers: object = {}) =>
    httpAnswer(
      await callHandler(
        'get-status',
        httpEvent('GET /api/workflows/{executionArn}/status', userId, { pathParameters: { executionArn }, headers }),
        { ...(await databaseVariables(db)), AWS_ENDPOINT_URL_SFN: aws().url, STATE_MACHINE_ARN },
      ),
    );

  it('answers with an entity tag, and without a body to who has that one already', async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const first = await ask(executionArn, userId);
    expect(first).to.nested.include({ status: 200, 'body.status': 'RUNNING' });
    expect(first.body).to.nested.include({ 'cost.aiCalls': 0 });
    const { etag } = first.headers;
    // Longer than a second on a machine that takes some to ask.
    expect(Number(first.headers['retry-after'])).to.be.within(1, 3);
    const unchanged = await ask(executionArn, userId, { 'if-none-match': etag });
    expect(unchanged).to.deep.include({ status: 304, body: undefined });
    expect(Number(unchanged.headers['retry-after'])).to.be.within(1, 3);
    await settle(executions, executionArn, { status: 'FAILED', notify: 'machine' });
    const after = await ask(executionArn, userId, { 'if-none-match': etag });
    expect(after).to.nested.include({ status: 200, 'body.status': 'FAILED', 'headers.retry-after': '30' });
    expect(after.headers.etag).to.be.a('string').and.not.equal(etag);
    expect(aws().calls).to.deep.equal([]);
  });

  it('says on a 304 as well how long to wait, the longer the more time has passed without a change', async () => {
    const now = new Date(Date.now() - 15_000);
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1, now });
    const { etag } = (await ask(executionArn, userId)).headers;
    const unchanged = await ask(executionArn, userId, { 'if-none-match': etag });
    expect(unchanged).to.deep.include({ status: 304, body: undefined });
    expect(Number(unchanged.headers['retry-after'])).to.be.within(4, 10);
  });

  it('repairs what a crash left half done (rule 4)', async () => {
    const now = new Date(Date.now() - 15_000);
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1, now, confirmed: false });
    expect(await ask(executionArn, userId)).to.nested.include({ status: 200 });
    expect(aws().calls.at(-1)?.operation).to.equal('StartExecution');
  });

  it('answers from the record when Step Functions does not, and asks it once in ten seconds', async () => {
    const now = new Date(Date.now() - 15_000);
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1, now, confirmed: false });
    const before = refusing().calls.length;
    const variables = {
      ...(await databaseVariables(db)),
      AWS_ENDPOINT_URL_SFN: refusing().url,
      STATE_MACHINE_ARN,
    };
    const event = httpEvent('GET /api/workflows/{executionArn}/status', userId, { pathParameters: { executionArn } });
    const { outcomes, lines } = await callHandlerInTurn('get-status', [event, event, event], variables);
    for (const outcome of outcomes)
      expect(httpAnswer(outcome)).to.nested.include({ status: 200, 'body.status': 'RUNNING' });
    expect(refusing().calls.length - before).to.be.within(1, 3);
    expect(lines.filter(({ level }) => level === 'error')).to.have.length(1);
  });

  it('knows nothing of an execution that does not exist', async () => {
    const answer = await ask('arn:aws:states:x:1:execution:m:none', 'u');
    expect(answer).to.nested.include({ status: 404, 'body.code': 'execution_not_found' });
  });
});
