import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, STATE_MACHINE_ARN } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';

describe('the handler of cancel-workflow', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const aws = useAwsServer({ StopExecution: () => ({}) });

  const cancel = async (executionArn: string, userId: string, body?: string) =>
    httpAnswer(
      await callHandler(
        'cancel-workflow',
        httpEvent('POST /api/workflows/{executionArn}/cancel', userId, { pathParameters: { executionArn }, body }),
        {
          ...(await databaseVariables(db)),
          AWS_ENDPOINT_URL_SFN: aws().url,
          STATE_MACHINE_ARN,
        },
      ),
    );

  it('cancels with the reason of the body, and answers the status as it is then', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    const { executionArn, goalId, userId } = execution;
    const answer = await cancel(executionArn, userId, '{"reason":"changed my mind"}');
    expect(answer).to.nested.include({
      status: 200,
      'body.status': 'ABORTED',
      'body.outcomes[0].outcome': 'CANCELLED',
    });
    const [stop] = aws().calls;
    expect(stop?.input).to.deep.equal({ executionArn, error: 'ABORT', cause: 'changed my mind' });
    const record = await executions.get(executionArn);
    // The status event's handler writes the metrics, or the sweep.
    expect(record).to.include({ cancelRequestedBy: userId, cancelReason: 'changed my mind', metrics: 'pending' });
    expect(record?.cancelRequestedAt).to.be.a('string');
    expect(await listTasks(db, goalId)).to.deep.equal([]);
    expect(await getGoal(db, goalId)).to.include({ status: 'draft' });
    const again = await cancel(executionArn, userId, '{"reason":"once more"}');
    expect(again).to.deep.nested.include({ status: 200, body: answer.body });
  });

  it('needs no body, and refuses one that says something else', async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    expect(await cancel(executionArn, userId, '{"reason":7}')).to.nested.include({
      status: 422,
      'body.code': 'invalid_request',
    });
    expect(await cancel(executionArn, userId)).to.include({ status: 200 });
    expect(await executions.get(executionArn)).to.include({ cancelReason: 'Cancelled by the user.' });
  });

  it('knows nothing of an execution that does not exist', async () => {
    const answer = await cancel('arn:aws:states:x:1:execution:m:none', 'u');
    expect(answer).to.nested.include({ status: 404, 'body.code': 'execution_not_found' });
  });
});
