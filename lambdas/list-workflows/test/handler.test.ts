import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { givenExecution } from '../../../test/support/goal.ts';
import { callHandler, databaseVariables, httpAnswer, httpEvent } from '../../core/test/call-handler.ts';

describe('the handler of list-workflows', () => {
  const database = useDatabase();

  it("lists the user's executions by the query, and refuses a query that is none", async () => {
    const { executionArn, userId } = await givenExecution(database(), { actionCount: 1 });
    const list = async (query?: object) =>
      httpAnswer(
        await callHandler(
          'list-workflows',
          httpEvent('GET /api/workflows', userId, { queryStringParameters: query }),
          await databaseVariables(database()),
        ),
      );
    const all = await list();
    expect(all).to.nested.include({ status: 200, 'body.items.length': 1, 'body.nextCursor': null });
    expect(all).to.nested.include({ 'body.items[0].executionArn': executionArn, 'body.items[0].cost.aiCalls': 0 });
    expect(await list({ status: 'FAILED' })).to.nested.include({ status: 200, 'body.items.length': 0 });
    expect(await list({ status: 'LOST' })).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
  });
});
