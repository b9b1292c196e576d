import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { EXECUTION } from '@goal-activity/core/execution/records.ts';
import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { givenTools } from '../../core/test/support/tools.ts';
import { cancelWorkflow } from '../src/cancel-workflow.ts';

function given(db: Database) {
  const stops: string[][] = [];
  const stop = async (...stopped: string[]) => void stops.push(stopped);
  const { tools, lines } = givenTools(db, { stop });
  return { tools, stops, lines };
}

describe('cancel-workflow', () => {
  const db = useDatabase();
  const repository = executionsOf(db);

  it('stops the execution with ABORT, and logs who and why, once, however often it is asked for, also long after', async () => {
    const { executionArn, goalId, userId } = await givenExecution(db);
    const { tools, stops, lines } = given(db);
    await cancelWorkflow(executionArn, userId, 'changed my mind', tools);
    const cancelled = await repository.get(executionArn);
    await cancelWorkflow(executionArn, userId, 'once more', tools);
    expect(stops).to.deep.equal([[executionArn, 'ABORT', 'changed my mind']]);
    expect(lines.map(({ message }) => message)).to.deep.equal(['cancel requested', 'execution cancelled']);
    expect(lines[0]).to.include({ executionArn, goalId, userId, reason: 'changed my mind' });
    expect(lines[1]).to.include({ executionArn, goalId, userId });
    expect(await repository.get(executionArn)).to.deep.equal(cancelled);
    expect(await getGoal(db, goalId)).to.include({ status: 'draft', version: 3 });
  });

  it('refuses once the execution has ended, says how, takes nothing away and logs nothing', async () => {
    const ended = { status: 'TIMED_OUT', notify: 'machine' } as const;
    const { executionArn, goalId, userId } = await givenExecution(db, { actionCount: 2, saved: [0], ended });
    const { tools, stops, lines } = given(db);
    const problem = await failureOf(cancelWorkflow(executionArn, userId, 'r', tools));
    expectRefusal(problem, 409, 'execution_ended');
    expect(problem.message).to.contain('TIMED_OUT');
    expect([stops, lines]).to.deep.equal([[], []]);
    expect(await getGoal(db, goalId)).to.include({ status: 'partial' });
  });

  it("knows nothing of someone else's execution, as of one that there is not (rule 5)", async () => {
    const { executionArn } = await givenExecution(db);
    const { tools } = given(db);
    for (const arn of [executionArn, `${executionArn}9`]) {
      const problem = await failureOf(cancelWorkflow(arn, 'someone-else', 'r', tools));
      expectRefusal(problem, 404, 'execution_not_found');
    }
    expect(await repository.get(executionArn)).to.not.have.property('cancelRequestedAt');
  });

  it('answers an execution whose record is removed meanwhile as ended, with the status it had', async () => {
    const { executionArn, userId, record } = await givenExecution(db);
    const { tools, stops } = given(db);
    const ended = { ...record, status: 'SUCCEEDED' as const };
    const reads = [ended];
    const executions = Object.assign(executionsOf(db), { get: async () => reads.shift() });
    await db.client.send(new DeleteCommand({ TableName: db.executions, Key: { executionArn, sk: EXECUTION } }));
    const problem = await failureOf(cancelWorkflow(executionArn, userId, 'r', { ...tools, executions }));
    expectRefusal(problem, 409, 'execution_ended');
    expect(problem.message).to.contain('SUCCEEDED');
    expect(stops).to.deep.equal([]);
  });

  it('stops with the reason of the first cancel, or with its own where the first gave none', async () => {
    for (const [first, told] of [
      [{ cancelReason: 'first' }, 'first'],
      [{}, 'second'],
    ] as const) {
      const cancelled = { cancelRequestedAt: new Date().toISOString(), ...first };
      const { executionArn, userId } = await givenExecution(db, { actionCount: 1, cancelled });
      const { tools, stops, lines } = given(db);
      await cancelWorkflow(executionArn, userId, 'second', tools);
      expect(stops).to.deep.equal([[executionArn, 'ABORT', told]]);
      expect(lines.map(({ message }) => message)).to.deep.equal(['execution cancelled']);
    }
  });

  const aws = useAwsServer({ StopExecution: () => ({}) });

  const cancel = async (executionArn: string, userId: string, body?: string) => {
    const parts = { pathParameters: { executionArn }, body };
    const event = httpEvent('POST /api/workflows/{executionArn}/cancel', userId, parts);
    return httpAnswer(await callOn(db, 'cancel-workflow', event, aws()));
  };

  it('cancels with the reason of the body, and answers the status as it is then', async () => {
    const { executionArn, goalId, userId } = await givenExecution(db, { actionCount: 2, saved: [0] });
    const answer = await cancel(executionArn, userId, '{"reason":"changed my mind"}');
    expect(answer).to.nested.include({ status: 200, 'body.outcomes[0].outcome': 'CANCELLED' });
    const [stop] = aws().calls;
    expect(stop?.input).to.deep.equal({ executionArn, error: 'ABORT', cause: 'changed my mind' });
    const record = await repository.get(executionArn);
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
    const refused = await cancel(executionArn, userId, '{"reason":7}');
    expect(refused).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
    expect(await cancel(executionArn, userId)).to.include({ status: 200 });
    expect(await repository.get(executionArn)).to.include({ cancelReason: 'Cancelled by the user.' });
  });
});
