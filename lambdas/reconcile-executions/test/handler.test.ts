import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { type Sns, startSns } from '../../../local/aws/sns/sns.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';

describe('the handler of reconcile-executions', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  let sns: Sns;
  const aws = useAwsServer({ DescribeExecution: () => ({ status: 'TIMED_OUT' }), PutMetricData: () => ({}) });
  before(async () => {
    sns = await startSns({ topics: [{ topicArn, topicName: 'alerts', emails: ['on-call@example.com'] }] });
  });
  after(() => sns.close());

  it('settles what timed out unseen, sends the alert with its runbook, logs the end and writes the metrics in one call', async () => {
    const execution = await givenExecution(db, { actionCount: 2, now: new Date(Date.now() - 30_000), saved: [0] });
    const fresh = await givenExecution(db, { actionCount: 1 });
    const { executionArn } = execution;
    const sweep = async () =>
      callHandler(
        'reconcile-executions',
        { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} },
        {
          ...(await databaseVariables(db)),
          AWS_ENDPOINT_URL_SFN: aws().url,
          AWS_ENDPOINT_URL_CLOUDWATCH: aws().url,
          AWS_ENDPOINT_URL_SNS: sns.url,
          ALERTS_TOPIC_ARN: topicArn,
          METRICS_NAMESPACE: 'GoalActivity/test',
          RUNBOOK_URL: 'https://example.com/operations.md',
        },
      );
    const { answer, lines } = await sweep();
    expect(answer).to.deep.equal({ open: 2, repaired: 1 });
    expect((await sweep()).answer).to.deep.equal({ open: 1, repaired: 0 });
    const end = { status: 'FAILED', notify: 'machine' } as const;
    await settle(executions, fresh.executionArn, end);

    expect(await executions.get(executionArn)).to.include({
      status: 'TIMED_OUT',
      notify: 'sent',
      savedActions: 1,
    });
    expect(sns.messages().map(({ message }) => message.split('\n').at(-1))).to.deep.equal([
      'Runbook: https://example.com/operations.md#execution-timed-out',
    ]);
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['DescribeExecution', 'PutMetricData']);
    const { Namespace, MetricData } = aws().calls[1]?.input ?? {};
    expect(Namespace).to.equal('GoalActivity/test');
    const data: { MetricName: string; Value?: number }[] = Array.isArray(MetricData) ? MetricData : [];
    const values = Object.fromEntries(data.map(({ MetricName, Value }) => [MetricName, Value]));
    expect(values).to.include({ Executions: 1, ExecutionsTimedOut: 1, SuccessRate: 50, EstimatedCost: 0.00015 });
    expect(lines.find(({ message }) => message === 'execution ended')).to.include({
      level: 'error',
      function: 'reconcile-executions',
      executionArn,
      status: 'TIMED_OUT',
    });
  });
});
