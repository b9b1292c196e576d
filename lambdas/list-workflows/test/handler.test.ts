import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { givenExecution } from '../../../test/support/goal.ts';
import { callHandlerInTurn, databaseVariables, httpAnswer, httpEvent } from '../../core/test/call-handler.ts';

describe('the handler of list-workflows', () => {
  const database = useDatabase();

  it("lists the user's executions by the query, and refuses a query that is none", async () => {
    const { executionArn, userId } = await givenExecution(database(), { actionCount: 1 });
    const queries = [undefined, { status: 'FAILED' }, { status: 'LOST' }];
    const events = queries.map((query) => httpEvent('GET /api/workflows', userId, { queryStringParameters: query }));
    const { outcomes } = await callHandlerInTurn('list-workflows', events, await databaseVariables(database()));
    const [all, none, refused] = outcomes.map(httpAnswer);
    expect(all).to.nested.include({ status: 200, 'body.items.length': 1, 'body.nextCursor': null });
    expect(all).to.nested.include({ 'body.items[0].executionArn': executionArn, 'body.items[0].cost.aiCalls': 0 });
    expect(none).to.nested.include({ status: 200, 'body.items.length': 0 });
    expect(refused).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
  });
});
