import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenExecution, STATE_MACHINE_ARN } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';

describe('the handler of get-history', () => {
  const db = useDatabase();
  const event = { id: 1, type: 'TaskStateEntered', timestamp: 1_764_000_000, previousEventId: 0 };
  const events = [{ ...event, stateEnteredEventDetails: { name: 'GetActions' } }];
  const aws = useAwsServer({ GetExecutionHistory: () => ({ events }) });
  const refusing = useAwsServer({}, 'ThrottlingException');

  it('answers what Step Functions has written down of the execution in the path', async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const ask = async (id: string) =>
      httpAnswer(
        await callHandler(
          'get-history',
          httpEvent('GET /api/workflows/{executionArn}/history', userId, { pathParameters: { executionArn: id } }),
          { ...(await databaseVariables(db)), AWS_ENDPOINT_URL_SFN: aws().url, STATE_MACHINE_ARN },
        ),
      );
    const answer = await ask(executionArn);
    expect(answer).to.nested.include({ status: 200, 'body.executionArn': executionArn });
    expect(answer).to.nested.include({ 'body.states[0].state': 'GetActions', 'body.events.length': 1 });
    expect(aws().calls[0]?.input).to.include({ executionArn });
    expect(await ask(`${executionArn}9`)).to.nested.include({ status: 404, 'body.code': 'execution_not_found' });
  });

  it('answers from the database while Step Functions refuses, and logs why', async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const called = await callHandler(
      'get-history',
      httpEvent('GET /api/workflows/{executionArn}/history', userId, { pathParameters: { executionArn } }),
      { ...(await databaseVariables(db)), AWS_ENDPOINT_URL_SFN: refusing().url, STATE_MACHINE_ARN },
    );
    expect(httpAnswer(called)).to.nested.include({ status: 200, 'body.states[0].state': 'ValidateInput' });
    expect(called.lines[0]).to.include({ level: 'warn', executionArn, errorName: 'TransientError' });
  });
});
