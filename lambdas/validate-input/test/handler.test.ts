import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

describe('the handler of validate-input', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('confirms the execution, which goes on to its next state', async () => {
    const { executionArn, goalId, userId, record } = await givenExecution(db, { confirmed: false });
    const { actionIds } = record;
    const input = { executionArn, goalId, userId, actionIds };
    const { answer, lines } = await callHandler('validate-input', input, await databaseVariables(db));
    expect(answer).to.deep.equal({ executionArn, goalId, actionIds });
    const confirmed = await executions.get(executionArn);
    expect(confirmed).to.include({ currentState: 'GetActions' });
    expect(confirmed?.confirmedAt).to.be.a('string');
    expect(lines.map(({ message }) => message)).to.deep.equal(['step started', 'state entered', 'step ended']);
  });
});
