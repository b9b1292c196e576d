import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { EXECUTION } from '@goal-activity/core/execution/records.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { cancelRequested, useTables } from '../../core/test/support/tables.ts';
import { givenTools } from '../../core/test/support/tools.ts';
import { cancelWorkflow } from '../src/cancel-workflow.ts';

function given(db: Database) {
  const stops: string[][] = [];
  const stop = async (...stopped: string[]) => void stops.push(stopped);
  const { tools, lines } = givenTools(db, { stop });
  return { tools, stops, lines };
}

describe('cancel-workflow', () => {
  const { db, executions, goalOf, tasksOf, givenExecution } = useTables();

  it('refuses once the execution has ended, says how, takes nothing away and logs nothing', async () => {
    const ended = { status: 'TIMED_OUT', notify: 'machine' } as const;
    const { executionArn, goalId, userId } = await givenExecution({ actionCount: 2, saved: [0], ended });
    const { tools, stops, lines } = given(db);
    const problem = await failureOf(cancelWorkflow(executionArn, userId, 'r', tools));
    expectRefusal(problem, 409, 'execution_ended');
    expect(problem.message).to.contain('TIMED_OUT');
    expect([stops, lines]).to.deep.equal([[], []]);
    expect(await goalOf(goalId)).to.include({ status: 'partial' });
  });

  it("knows nothing of someone else's execution, as of one that there is not (rule 5)", async () => {
    const { executionArn } = await givenExecution();
    const { tools } = given(db);
    for (const arn of [executionArn, `${executionArn}9`]) {
      const problem = await failureOf(cancelWorkflow(arn, 'someone-else', 'r', tools));
      expectRefusal(problem, 404, 'execution_not_found');
    }
    expect(await executions.get(executionArn)).to.not.have.property('cancelRequestedAt');
  });

  it('answers an execution whose record is removed meanwhile as ended, with the status it had', async () => {
    const { executionArn, userId, record } = await givenExecution();
    const { tools, stops } = given(db);
    const reads = [{ ...record, status: 'SUCCEEDED' as const }];
    Object.assign(tools.executions, { get: async () => reads.shift() });
    await db.client.send(new DeleteCommand({ TableName: db.executions, Key: { executionArn, sk: EXECUTION } }));
    const problem = await failureOf(cancelWorkflow(executionArn, userId, 'r', tools));
    expectRefusal(problem, 409, 'execution_ended');
    expect(problem.message).to.contain('SUCCEEDED');
    expect(stops).to.deep.equal([]);
  });

  it('stops with the reason of the first cancel, or with its own where the first gave none', async () => {
    for (const [first, told] of [
      [{ cancelReason: 'first' }, 'first'],
      [{}, 'second'],
    ] as const) {
      const cancelled = { ...cancelRequested(), ...first };
      const { executionArn, userId } = await givenExecution({ actionCount: 1, cancelled });
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
    const called = await callOn(db, 'cancel-workflow', event, aws());
    return { ...httpAnswer(called), lines: called.lines };
  };

  it('stops the execution with ABORT for the reason of the body, logs who and why, once, however often it is asked for, and answers the status as it is then', async () => {
    const { executionArn, goalId, userId } = await givenExecution({ actionCount: 2, saved: [0] });
    const first = await cancel(executionArn, userId, '{"reason":"changed my mind"}');
    expect(first).to.nested.include({ status: 200, 'body.outcomes[0].outcome': 'CANCELLED' });
    const [requested, ended, cancelled] = first.lines;
    const ids = { executionArn, goalId, userId };
    expect(requested).to.include({ message: 'cancel requested', reason: 'changed my mind', ...ids });
    expect(ended).to.include({ message: 'execution ended', status: 'ABORTED' });
    expect(cancelled).to.include({ message: 'execution cancelled', ...ids });
    const record = await executions.get(executionArn);
    // The status event's handler writes the metrics, or the sweep.
    expect(record).to.include({ cancelRequestedBy: userId, cancelReason: 'changed my mind', metrics: 'pending' });
    expect(record?.cancelRequestedAt).to.be.a('string');
    expect(await tasksOf(goalId)).to.deep.equal([]);
    const again = await cancel(executionArn, userId, '{"reason":"once more"}');
    expect(again).to.deep.include({ status: 200, body: first.body });
    expect(again.lines).to.have.length(1);
    const stop = { operation: 'StopExecution', input: { executionArn, error: 'ABORT', cause: 'changed my mind' } };
    expect(aws().calls).to.deep.equal([stop]);
    expect(await executions.get(executionArn)).to.deep.equal(record);
    expect(await goalOf(goalId)).to.include({ status: 'draft', version: 3 });
  });

  it('needs no body, and refuses one that says something else', async () => {
    const { executionArn, userId } = await givenExecution({ actionCount: 1 });
    for (const body of ['{"reason":7}', 'null']) {
      const refused = await cancel(executionArn, userId, body);
      expect(refused, body).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
    }
    expect(await cancel(executionArn, userId)).to.include({ status: 200 });
    expect(await executions.get(executionArn)).to.include({ cancelReason: 'Cancelled by the user.' });
  });
});
