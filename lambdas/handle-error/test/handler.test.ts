import { expect } from 'chai';
import { type Sns, startSns } from '../../../local/aws/sns/sns.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';

describe('the handler of handle-error', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const aws = useAwsServer({ PutMetricData: () => ({}) });
  let sns: Sns;
  before(async () => {
    sns = await startSns({ topics: [{ topicArn, topicName: 'alerts', emails: ['on-call@example.com'] }] });
  });
  after(() => sns.close());

  const call = async (input: object) =>
    callHandler('handle-error', input, {
      ...(await databaseVariables(db)),
      AWS_ENDPOINT_URL_SNS: sns.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: aws().url,
      ALERTS_TOPIC_ARN: topicArn,
      RUNBOOK_URL: 'https://example.com/runbook',
    });

  it('leaves it to the machine to tell people of what it caught, and tells them itself of what no Catch saw', async () => {
    const [caught, cut] = [await givenExecution(db, { actionCount: 1 }), await givenExecution(db, { actionCount: 1 })];
    const error = { Error: 'ValidationError', Cause: 'no' };
    const { answer } = await call({ executionArn: caught.executionArn, error });
    expect(answer).to.deep.include({ status: 'FAILED', next: 'NOTIFY_FAILURE' });
    expect(sns.messages()).to.deep.equal([]);
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['PutMetricData']);

    const detail = { executionArn: cut.executionArn, status: 'TIMED_OUT', error: null, cause: null };
    expect((await call({ source: 'aws.states', detail })).answer).to.deep.equal({
      executionArn: cut.executionArn,
      status: 'TIMED_OUT',
      next: 'NONE',
    });
    expect(sns.messages().map(({ message }) => message.split('\n').at(-1))).to.deep.equal([
      'Runbook: https://example.com/runbook#execution-timed-out',
    ]);
    expect(await executions.get(cut.executionArn)).to.include({
      status: 'TIMED_OUT',
      notify: 'sent',
      metrics: 'sent',
    });
    expect(aws().calls).to.have.length(2);
  });
});
