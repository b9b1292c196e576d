import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callHandlerInTurn, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';

describe('the handler of list-workflows', () => {
  const db = useDatabase();

  it("lists the user's executions by the query, page by page, and refuses a query or a cursor that is none of theirs", async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1, now: new Date(Date.now() - 1_000) });
    const second = await givenExecution(db, { actionCount: 1, userId });
    const list = (query: object, user = userId) =>
      httpEvent('GET /api/workflows', user, { queryStringParameters: query });
    const ask = async (...events: object[]) =>
      (await callHandlerInTurn('list-workflows', events, await databaseVariables(db))).outcomes.map(httpAnswer);
    const [all, none, first] = await ask(list({}), list({ status: 'FAILED' }), list({ limit: '1' }));
    expect(all).to.nested.include({ status: 200, 'body.items.length': 2, 'body.nextCursor': null });
    expect(all).to.nested.include({ 'body.items[1].executionArn': executionArn, 'body.items[0].cost.aiCalls': 0 });
    expect(none).to.nested.include({ status: 200, 'body.items.length': 0 });
    expect(first).to.nested.include({ 'body.items[0].executionArn': second.executionArn, 'body.items.length': 1 });
    const { nextCursor: cursor }: { nextCursor: string } = Object(first?.body);
    const strange = [list({ status: 'LOST' }), list({ cursor }, 'someone else'), list({ cursor, status: 'RUNNING' })];
    const [next, ...refused] = await ask(list({ cursor, limit: '2' }), ...strange);
    expect(next).to.nested.include({ 'body.items[0].executionArn': executionArn, 'body.nextCursor': null });
    for (const answer of refused) expect(answer).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
  });
});
