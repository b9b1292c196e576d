import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, STATE_MACHINE_ARN } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';

describe('the handler of retry-workflow', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const aws = useAwsServer({ StartExecution: () => ({}) });

  it('starts an execution of what the one in the path has failed', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    const { executionArn, goalId, userId, actions } = execution;
    await settle(executions, executionArn, { status: 'by outcome', notify: 'machine' });
    const called = await callHandler(
      'retry-workflow',
      httpEvent('POST /api/workflows/{executionArn}/retry', userId, { pathParameters: { executionArn } }),
      { ...(await databaseVariables(db)), AWS_ENDPOINT_URL_SFN: aws().url, STATE_MACHINE_ARN },
    );
    expect(httpAnswer(called)).to.nested.include({ status: 202, 'body.goalId': goalId, 'body.status': 'RUNNING' });
    const input: unknown = JSON.parse(String(aws().calls[0]?.input.input));
    expect(input).to.deep.equal({ goalId, userId, actionIds: [actions[1]?.actionId] });
  });
});
