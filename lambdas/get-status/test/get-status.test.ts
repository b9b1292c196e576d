import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { givenTools } from '../../core/test/support/tools.ts';
import { getStatus, statusEtag } from '../src/get-status.ts';

const prices = { input: 1, output: 5 };

describe('get-status', () => {
  const { db, executions: repository, givenExecution, givenSaved } = useTables();

  it("answers someone else's execution and an unknown one alike, with 404 (rule 5)", async () => {
    const { executionArn } = await givenExecution();
    for (const arn of [executionArn, `${executionArn}9`]) {
      const failure = await failureOf(getStatus(arn, 'someone-else', givenTools(db).tools, prices));
      expectRefusal(failure, 404, 'execution_not_found');
    }
  });

  it('answers the state after a repair', async () => {
    const { executionArn, userId } = await givenExecution({ now: new Date(Date.now() - 911_000) });
    const { tools } = givenTools(db, { describe: async () => ({ status: 'ABORTED' }) });
    const { answer } = await getStatus(executionArn, userId, tools, prices);
    expect(answer).to.include({ status: 'ABORTED', progressPercentage: 100 });
  });

  it('has an entity tag that changes with every change, and with nothing but a change', async () => {
    const execution = await givenExecution({ actionCount: 2 });
    const tagAfter = async (seconds: number) => {
      const { tools } = givenTools(db, {}, new Date(Date.now() + seconds * 1000));
      return statusEtag((await getStatus(execution.executionArn, execution.userId, tools, prices)).answer);
    };
    const first = await tagAfter(0);
    expect(first).to.match(/^W\/"[\w-]{22}"$/);
    expect(await tagAfter(20)).to.equal(first);
    expect(await tagAfter(100), 'its actions are slow').to.not.equal(first);
    await givenSaved(execution, [0]);
    const second = await tagAfter(0);
    expect(second).to.not.equal(first);
    await settle(repository, execution.executionArn, { status: 'FAILED', notify: 'machine' });
    expect([first, second]).to.not.include(await tagAfter(0));
  });

  it('answers what the repair left when the record is removed meanwhile', async () => {
    const { executionArn, userId, record } = await givenExecution({ now: new Date(Date.now() - 911_000) });
    const { tools } = givenTools(db, { describe: async () => ({ status: 'FAILED' }) });
    const reads = [
      { record, outcomes: [] },
      { record, outcomes: [] },
    ];
    const read = async () => reads.shift() ?? { record: undefined, outcomes: [] };
    const executions = Object.assign(tools.executions, { read });
    const { answer, pollAfterSeconds } = await getStatus(executionArn, userId, { ...tools, executions }, prices);
    expect(answer).to.include({ status: 'FAILED', totalActions: 0 });
    expect(pollAfterSeconds).to.equal(30);
  });

  const aws = useAwsServer({});
  const ask = async (executionArn: string, userId: string, headers: object = {}) => {
    const parts = { pathParameters: { executionArn }, headers };
    const event = httpEvent('GET /api/workflows/{executionArn}/status', userId, parts);
    return httpAnswer(await callOn(db, 'get-status', event, aws()));
  };

  it('answers with an entity tag, and without a body to who has that one already', async () => {
    const { executionArn, userId } = await givenExecution({ actionCount: 1 });
    const first = await ask(executionArn, userId);
    expect(first).to.nested.include({ status: 200, 'body.status': 'RUNNING' });
    expect(first.body).to.nested.include({ 'cost.aiCalls': 0 });
    const { etag } = first.headers;
    // A quarter of the seconds since it started, which are more on a busy machine; 30 once it has ended.
    expect(Number(first.headers['retry-after'])).to.be.within(1, 29);
    const unchanged = await ask(executionArn, userId, { 'if-none-match': etag });
    expect(unchanged).to.deep.include({ status: 304, body: undefined });
    expect(Number(unchanged.headers['retry-after'])).to.be.within(1, 29);
    await settle(repository, executionArn, { status: 'FAILED', notify: 'machine' });
    const after = await ask(executionArn, userId, { 'if-none-match': etag });
    expect(after).to.nested.include({ status: 200, 'body.status': 'FAILED', 'headers.retry-after': '30' });
    expect(after.headers.etag).to.be.a('string').and.not.equal(etag);
    expect(aws().calls).to.deep.equal([]);
  });
});
