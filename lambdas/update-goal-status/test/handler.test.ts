import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

describe('the handler of update-goal-status', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const aws = useAwsServer({ PutMetricData: () => ({}) });

  it('settles goal and record, writes the metrics, and says whom to tell', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    const { executionArn, goalId } = execution;
    const { answer } = await callHandler(
      'update-goal-status',
      { executionArn, goalId, status: 'PARTIALLY_SUCCEEDED', savedActions: 1, failedActions: 1, taskCount: 3 },
      {
        ...(await databaseVariables(db)),
        AWS_ENDPOINT_URL_CLOUDWATCH: aws().url,
        RUNBOOK_URL: 'https://example.com/runbook',
      },
    );
    expect(answer).to.deep.include({ executionArn, status: 'PARTIALLY_SUCCEEDED', next: 'NOTIFY_PARTIAL' });
    expect(JSON.stringify(answer)).to.contain('https://example.com/runbook#');
    expect(await getGoal(db, goalId)).to.include({ status: 'partial' });
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['PutMetricData']);
    expect(await executions.get(executionArn)).to.include({ metrics: 'sent', notify: 'machine' });
  });
});
