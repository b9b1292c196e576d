import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

describe('the handler of get-actions', () => {
  const db = useDatabase();

  it("reads the actions of the execution from its goal's table", async () => {
    const { executionArn, goalId, actions } = await givenExecution(db, { actionCount: 2 });
    const actionIds = actions.map(({ actionId }) => actionId);
    const { answer } = await callHandler(
      'get-actions',
      { executionArn, goalId, actionIds },
      await databaseVariables(db),
    );
    expect(answer).to.deep.equal({
      executionArn,
      goalId,
      actions: actions.map(({ actionId, position }) => ({ actionId, position })),
    });
  });
});
