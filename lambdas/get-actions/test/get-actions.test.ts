import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { getActions } from '../src/get-actions.ts';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:e-1';
const listActions = async () => [
  { actionId: 'a', position: 0 },
  { actionId: 'b', position: 1 },
  { actionId: 'c', position: 2 },
];

describe('getActions', () => {
  it("finds the positions of the execution's actions, in the goal's order, whatever the order of the ids", async () => {
    const output = await getActions({ executionArn, goalId: 'g', actionIds: ['c', 'a'] }, { listActions });
    expect(output).to.deep.equal({
      executionArn,
      goalId: 'g',
      actions: [
        { actionId: 'a', position: 0 },
        { actionId: 'c', position: 2 },
      ],
    });
  });

  it('fails for good when the goal lacks an action', async () => {
    const error = await failureOf(getActions({ executionArn, goalId: 'g', actionIds: ['a', 'x'] }, { listActions }));
    expect(error.name).to.equal('ValidationError');
    expect(error.message).to.contain('1 of the 2');
  });
});
