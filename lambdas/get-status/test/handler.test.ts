import { settle } from '@goal-activity/core/settle.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { givenExecution, STATE_MACHINE_ARN } from '../../../test/support/goal.ts';
import { useAwsServer } from '../../core/test/aws-server.ts';
import { callHandler, databaseVariables, httpAnswer, httpEvent } from '../../core/test/call-handler.ts';
import { unnoticed } from '../../core/test/ends.ts';

describe('the handler of get-status', () => {
  const database = useDatabase();
  const aws = useAwsServer({ StartExecution: () => ({}) });

  const ask = async (executionArn: string, userId: string, headers: object = {}) =>
    httpAnswer(
      await callHandler(
        'get-status',
        httpEvent('GET /api/workflows/{executionArn}/status', userId, { pathParameters: { executionArn }, headers }),
        { ...(await databaseVariables(database())), AWS_ENDPOINT_URL_SFN: aws().url, STATE_MACHINE_ARN },
      ),
    );

  it('answers with an entity tag, and without a body to who has that one already', async () => {
    const db = database();
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const first = await ask(executionArn, userId);
    expect(first).to.nested.include({ status: 200, 'body.status': 'RUNNING' });
    expect(first.body).to.nested.include({ 'cost.aiCalls': 0 });
    const { etag } = first.headers;
    expect(await ask(executionArn, userId, { 'if-none-match': etag })).to.deep.include({
      status: 304,
      body: undefined,
    });
    await settle(db, executionArn, { status: 'FAILED', notify: 'machine' }, new Date(), unnoticed);
    const after = await ask(executionArn, userId, { 'if-none-match': etag });
    expect(after).to.nested.include({ status: 200, 'body.status': 'FAILED' });
    expect(after.headers.etag).to.be.a('string').and.not.equal(etag);
    expect(aws().calls).to.deep.equal([]);
  });

  it('repairs what a crash left half done (rule 4)', async () => {
    const now = new Date(Date.now() - 15_000);
    const { executionArn, userId } = await givenExecution(database(), { actionCount: 1, now, confirmed: false });
    expect(await ask(executionArn, userId)).to.nested.include({ status: 200 });
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['StartExecution']);
  });

  it('knows nothing of an execution that does not exist', async () => {
    const answer = await ask('arn:aws:states:x:1:execution:m:none', 'u');
    expect(answer).to.nested.include({ status: 404, 'body.code': 'execution_not_found' });
  });
});
