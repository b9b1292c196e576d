import { expect } from 'chai';
import { callOn } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';

describe('get-actions', () => {
  const { db, givenExecution } = useTables();

  it("finds the positions of the execution's actions, in the goal's order, whatever the order of the ids", async () => {
    const { executionArn, goalId, record } = await givenExecution();
    const [first = '', , third = ''] = record.actionIds;
    const { answer } = await callOn(db, 'get-actions', { executionArn, goalId, actionIds: [third, first] });
    const actions = [
      { actionId: first, position: 0 },
      { actionId: third, position: 2 },
    ];
    expect(answer).to.deep.equal({ executionArn, goalId, actions });
  });

  it('fails for good when the goal lacks an action', async () => {
    const { executionArn, goalId, record } = await givenExecution();
    const actionIds = [...record.actionIds.slice(1), 'x'];
    const { error } = await callOn(db, 'get-actions', { executionArn, goalId, actionIds });
    expect(error).to.include({ name: 'ValidationError', message: 'The goal lacks 1 of the 3 actions' });
  });
});
