import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved } from '../../../test/support/stack/goal.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { givenStart } from '../../core/test/support/tools.ts';
import { retryWorkflow } from '../src/retry-workflow.ts';

describe('retryWorkflow', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  /** An execution that ended with tasks for the actions at these positions. */
  async function givenEnded(actionCount: number, saved: readonly number[]) {
    const execution = await givenExecution(db, { actionCount });
    await givenSaved(db, execution, saved);
    const end = { status: 'by outcome', notify: 'machine' } as const;
    await settle(executions, execution.executionArn, end);
    return execution;
  }

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

  it('answers with the execution that runs, asked for it or for an earlier one, however often', async () => {
    const { executionArn, userId } = await givenEnded(3, [0]);
    const { calls, tools } = givenStart(db);
    const answers = await Promise.all(Array.from({ length: 5 }, () => retryWorkflow(executionArn, userId, tools)));
    expect(answers.filter(({ isNew }) => isNew)).to.have.length(1);
    const running = answers[0]?.record.executionArn ?? '';
    expect(await retryWorkflow(running, userId, tools)).to.deep.include({ isNew: false });
    expect(new Set(calls.map(({ name }) => name)).size).to.equal(1);
  });

  it('refuses when every action has its tasks', async () => {
    const { executionArn, userId } = await givenEnded(2, [0, 1]);
    expectRefusal(await failureOf(retryWorkflow(executionArn, userId, givenStart(db).tools)), 409, 'nothing_to_retry');
  });

  it("knows no one else's execution, nor one that does not exist (rule 5)", async () => {
    const { executionArn } = await givenEnded(1, []);
    const { calls, tools } = givenStart(db);
    for (const arn of [executionArn, `${executionArn}0`]) {
      expect(await failureOf(retryWorkflow(arn, 'someone else', tools))).to.include({ code: 'execution_not_found' });
    }
    expect(calls).to.deep.equal([]);
  });
});
