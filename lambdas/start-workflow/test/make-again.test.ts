import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, cancelRequested, useTables } from '../../core/test/support/tables.ts';
import { givenStart } from '../../core/test/support/tools.ts';
import { makeAgain } from '../src/make-again.ts';
import { startWorkflow } from '../src/start-workflow.ts';

describe('make-again', () => {
  const { db, goalOf, givenExecution } = useTables();
  const aws = useAwsServer({});
  /** A goal of three actions; those at these positions have their tasks. */
  async function given(...saved: readonly number[]) {
    const { goalId, userId, actions } = await givenExecution({ actionCount: 3, saved, ended: BY_OUTCOME });
    const idAt = (position: number) => actions[position]?.actionId ?? '';
    const { tools, calls } = givenStart(db);
    return {
      goalId,
      userId,
      calls,
      tools,
      idAt,
      again: (at: number) => makeAgain({ goalId, userId, actionId: idAt(at) }, tools),
    };
  }

  it('starts one execution for the action alone, whether it has tasks or not, and remembers how many others have none', async () => {
    for (const [saved, at, goalStatusBefore, actionsLeftOut] of [
      [[0, 1, 2], 1, 'active', undefined],
      [[0], 0, 'partial', 2],
      [[0], 1, 'partial', 1],
      [[], 2, 'failed', 2],
    ] as const) {
      const { goalId, userId, calls, idAt, again } = await given(...saved);
      const { isNew, record } = await again(at);
      expect(isNew).to.equal(true);
      expect(record).to.include({ goalStatusBefore, totalActions: 1 });
      expect(record.actionsLeftOut).to.equal(actionsLeftOut);
      expect(calls).to.deep.equal([{ name: `${goalId}-2`, input: { goalId, userId, actionIds: [idAt(at)] } }]);
      expect(await goalOf(goalId)).to.include({ status: 'processing', executionArn: record.executionArn });
    }
  });

  it('gives the execution that runs when it is for that action alone, as does a start, and is refused beside another', async () => {
    const { goalId, userId, tools, again } = await given(0, 1, 2);
    const { record } = await again(1);
    for (const { isNew, record: running } of [await again(1), await startWorkflow(goalId, userId, tools)])
      expect([isNew, running.executionArn]).to.deep.equal([false, record.executionArn]);
    expectRefusal(await failureOf(again(0)), 409, 'goal_processing');
    const cancelling = await givenExecution({ cancelled: cancelRequested() });
    const actionId = cancelling.actions[0]?.actionId ?? '';
    expectRefusal(await failureOf(makeAgain({ ...cancelling, actionId }, tools)), 409, 'execution_cancelling');
  });

  it('knows no action of another goal, and no goal of another user (rule 5), and is answered over HTTP', async () => {
    const [one, other] = [await given(0), await given(0)];
    const { goalId, userId } = one;
    for (const [ids, code] of [
      [{ goalId, userId, actionId: other.idAt(0) }, 'action_not_found'],
      [{ goalId, userId: other.userId, actionId: one.idAt(0) }, 'goal_not_found'],
    ] as const)
      expectRefusal(await failureOf(makeAgain(ids, one.tools)), 404, code);
    const pathParameters = { goalId, actionId: other.idAt(0) };
    const event = httpEvent('POST /api/goals/{goalId}/actions/{actionId}/make-again', userId, { pathParameters });
    const answer = httpAnswer(await callOn(db, 'start-workflow', event, aws()));
    expect(answer).to.nested.include({ status: 404, 'body.code': 'action_not_found' });
  });
});
