import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenGoal, STATE_MACHINE_ARN } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';

describe('the handler of start-workflow', () => {
  const db = useDatabase();
  const aws = useAwsServer({ StartExecution: () => ({}) });

  it('starts the execution of the goal in the path, for the user of the token, up to the limit', async () => {
    const { goalId, userId } = await givenGoal(db, 1);
    const variables = {
      ...(await databaseVariables(db)),
      AWS_ENDPOINT_URL_SFN: aws().url,
      STATE_MACHINE_ARN,
      MAX_RUNNING_EXECUTIONS: '1',
    };
    const start = async (id: string) => {
      const event = httpEvent('POST /api/goals/{goalId}/start-activity', userId, { pathParameters: { goalId: id } });
      return httpAnswer(await callHandler('start-workflow', event, variables));
    };
    const { status, body } = await start(goalId);
    expect(status).to.equal(202);
    expect(body).to.include({ goalId, status: 'RUNNING' });
    expect(aws().calls.map(({ input }) => input.stateMachineArn)).to.deep.equal([STATE_MACHINE_ARN]);
    expect(await getGoal(db, goalId)).to.include({ status: 'processing', executionArn: Object(body).executionArn });
    const second = await givenGoal(db, 1, userId);
    expect(await start(second.goalId)).to.nested.include({ status: 429, 'body.code': 'too_many_executions' });
  });
});
