import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { givenStart } from '../../core/test/support/tools.ts';
import { retryWorkflow } from '../src/retry-workflow.ts';

describe('retry-workflow', () => {
  const { db, executions, givenExecution } = useTables();
  const aws = useAwsServer({ StartExecution: () => ({}) });
  /** An execution that ended with tasks for the actions at these positions. */
  const givenEnded = (actionCount: number, saved: number[]) =>
    givenExecution({ actionCount, saved, ended: BY_OUTCOME });

  it('starts one execution of the actions without tasks, under the next name (requirement 14)', async () => {
    const { executionArn, goalId, userId, actions } = await givenEnded(5, [0, 2, 4]);
    const { calls, tools } = givenStart(db);
    const { isNew, record } = await retryWorkflow(executionArn, userId, tools);
    const failed = [actions[1]?.actionId, actions[3]?.actionId];
    expect(isNew).to.equal(true);
    expect(calls).to.deep.equal([{ name: `${goalId}-2`, input: { goalId, userId, actionIds: failed } }]);
    expect(record).to.include({ totalActions: 2, goalStatusBefore: 'partial' });
    const outcomes = await executions.outcomes(record.executionArn);
    expect(outcomes.map(({ actionId }) => actionId)).to.deep.equal(failed);
    expect(await executions.get(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED' });
  });

  it('answers over HTTP with the new execution, and with the same while it runs', async () => {
    const { executionArn, goalId, userId } = await givenEnded(2, [0]);
    const event = httpEvent('POST /api/workflows/{executionArn}/retry', userId, { pathParameters: { executionArn } });
    const answer = httpAnswer(await callOn(db, 'retry-workflow', event, aws()));
    expect(answer).to.nested.include({ status: 202, 'body.goalId': goalId, 'body.status': 'RUNNING' });
    expect(aws().calls.map(({ input }) => input.name)).to.deep.equal([`${goalId}-2`]);
    const running = await retryWorkflow(executionArn, userId, givenStart(db).tools);
    expect(running).to.nested.include({ isNew: false, 'record.name': `${goalId}-2` });
  });

  it("refuses when every action has its tasks, and knows no one else's execution, nor one that does not exist (rule 5)", async () => {
    const { executionArn, userId } = await givenEnded(2, [0, 1]);
    const { calls, tools } = givenStart(db);
    expectRefusal(await failureOf(retryWorkflow(executionArn, userId, tools)), 409, 'nothing_to_retry');
    for (const arn of [executionArn, `${executionArn}0`])
      expect(await failureOf(retryWorkflow(arn, 'someone else', tools))).to.include({ code: 'execution_not_found' });
    expect(calls).to.deep.equal([]);
  });
});
