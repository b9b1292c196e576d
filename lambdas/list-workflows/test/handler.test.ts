import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callHandlerInTurn, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { wrongCursors } from '../../core/test/support/wrong-cursors.ts';

describe('the handler of list-workflows', () => {
  const db = useDatabase();

  it("lists the user's executions by the query, and refuses a query that is none", async () => {
    const { executionArn, userId } = await givenExecution(db, { actionCount: 1 });
    const queries = [undefined, { status: 'FAILED' }, { status: 'LOST' }];
    const events = queries.map((query) => httpEvent('GET /api/workflows', userId, { queryStringParameters: query }));
    const { outcomes } = await callHandlerInTurn('list-workflows', events, await databaseVariables(db));
    const [all, none, refused] = outcomes.map(httpAnswer);
    expect(all).to.nested.include({ status: 200, 'body.items.length': 1, 'body.nextCursor': null });
    expect(all).to.nested.include({ 'body.items[0].executionArn': executionArn, 'body.items[0].cost.aiCalls': 0 });
    expect(none).to.nested.include({ status: 200, 'body.items.length': 0 });
    expect(refused).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
  });

  it('refuses every cursor that it did not make for this query of this user, and never breaks on one', async () => {
    const { executionArn, userId, goalId, record } = await givenExecution(db, { actionCount: 1 });
    await givenExecution(db, { actionCount: 1, userId });
    const list = (query: object, user = userId) =>
      httpEvent('GET /api/workflows', user, { queryStringParameters: { limit: '1', ...query } });
    const variables = await databaseVariables(db);
    const made = await callHandlerInTurn('list-workflows', [list({})], variables);
    const [page] = made.outcomes.map(httpAnswer);
    const { nextCursor: cursor }: { nextCursor: string } = Object(page?.body);
    const { startedAt } = record;
    const key = { executionArn, sk: 'EXECUTION', userId, startedAt };
    const forged = [
      { ...key, executionArn: 'arn:aws:states:\ud800' },
      key,
      { executionArn, startedAt },
      { executionArn: 'arn:aws:states:\ud800', startedAt },
    ].flatMap((each) => {
      const encoded = Buffer.from(JSON.stringify(each)).toString('base64url');
      return [encoded, `${encoded}.${cursor.split('.')[1]}`];
    });
    const refusals = [
      ...[...forged, ...wrongCursors(cursor)].map((each) => list({ cursor: each })),
      list({ cursor }, 'someone else'),
      list({ cursor, goalId }),
      list({ cursor, status: 'RUNNING' }),
      list({ cursor, from: '2026-01-01' }),
      list({ cursor, to: '9999-01-01' }),
    ];
    const events = [list({ cursor }), list({ cursor, limit: '2' }), ...refusals];
    const { outcomes } = await callHandlerInTurn('list-workflows', events, variables);
    const [next, more, ...refused] = outcomes.map(httpAnswer);
    expect(next).to.nested.include({ status: 200, 'body.items.length': 1 });
    expect(more).to.nested.include({ status: 200, 'body.items.length': 1, 'body.nextCursor': null });
    for (const [index, answer] of refused.entries()) {
      expect(answer, JSON.stringify(refusals[index])).to.nested.include({
        status: 422,
        'body.code': 'invalid_request',
      });
    }
  });
});
