import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import {
  callHandler,
  callHandlerInTurn,
  databaseVariables,
  httpAnswer,
  httpEvent,
} from '../../core/test/support/call-handler.ts';

describe('the handler of goals', () => {
  const db = useDatabase();
  const body = JSON.stringify({ title: 'Run', actions: [{ title: 'Jog', type: 'habit' }] });

  const call = async (routeKey: string, userId: string, parts: object = {}) =>
    httpAnswer(await callHandler('goals', httpEvent(routeKey, userId, parts), await databaseVariables(db)));

  it('creates a goal, reads it, changes its action, and lists its tasks', async () => {
    const userId = `user-${randomUUID()}`;
    const created = await call('POST /api/goals', userId, { body });
    const { goalId, actions }: { goalId: string; actions: { actionId: string }[] } = Object(created.body);
    expect(created).to.nested.include({ status: 201, 'headers.location': `/api/goals/${goalId}` });
    const pathParameters = { goalId, actionId: actions[0]?.actionId };
    expect(
      await call('PATCH /api/goals/{goalId}/actions/{actionId}', userId, { pathParameters, body: '{"title":"Walk"}' }),
    ).to.nested.include({ status: 200, 'body.title': 'Walk' });
    expect(await call('GET /api/goals/{goalId}', userId, { pathParameters: { goalId } })).to.nested.include({
      status: 200,
      'body.actions[0].title': 'Walk',
    });
    expect(await call('GET /api/goals/{goalId}/tasks', userId, { pathParameters: { goalId } })).to.deep.include({
      status: 200,
      body: { tasks: [] },
    });
  });

  it('creates one goal for an Idempotency-Key, and lists page by page', async () => {
    const userId = `user-${randomUUID()}`;
    const create = (key: string) => httpEvent('POST /api/goals', userId, { body, headers: { 'idempotency-key': key } });
    const list = (query: object) => httpEvent('GET /api/goals', userId, { queryStringParameters: query });
    const { outcomes } = await callHandlerInTurn(
      'goals',
      [create('a'), create('a'), create('b'), httpEvent('GET /api/goals', userId), list({ limit: '1' })],
      await databaseVariables(db),
    );
    const answers = outcomes.map(httpAnswer);
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 200, 201, 200, 200]);
    expect(answers[3]).to.nested.include({ 'body.items.length': 2, 'body.nextCursor': null });
    const first = answers[4] ?? { body: undefined };
    expect(first).to.nested.include({ 'body.items.length': 1 });
    const { nextCursor: cursor }: { nextCursor: string } = Object(first.body);
    const [second, refused] = (
      await callHandlerInTurn(
        'goals',
        [
          list({ limit: '1', cursor }),
          httpEvent('GET /api/goals', 'someone else', { queryStringParameters: { cursor } }),
        ],
        await databaseVariables(db),
      )
    ).outcomes.map(httpAnswer);
    expect(second).to.nested.include({ status: 200, 'body.items.length': 1 });
    expect(refused).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
  });

  it('refuses what is no goal, no change, no query and no id, each by its code', async () => {
    const many = JSON.stringify({ title: 'Run', actions: Array(65).fill({ title: 'Jog', type: 'habit' }) });
    const refusals = [
      ['POST /api/goals', { body: '{}' }, 422, 'invalid_request'],
      ['POST /api/goals', { body: many }, 422, 'too_many_actions'],
      ['POST /api/goals', { body, headers: { 'idempotency-key': 'a b' } }, 422, 'invalid_request'],
      ['GET /api/goals', { queryStringParameters: { limit: 'x' } }, 422, 'invalid_request'],
      ['GET /api/goals', { queryStringParameters: { cursor: 'x' } }, 422, 'invalid_request'],
      ['GET /api/goals/{goalId}', { pathParameters: { goalId: '' } }, 404, 'goal_not_found'],
      ['GET /api/goals/{goalId}/tasks', { pathParameters: { goalId: '' } }, 404, 'goal_not_found'],
      [
        'PATCH /api/goals/{goalId}/actions/{actionId}',
        { pathParameters: { goalId: 'g', actionId: '' }, body: '{}' },
        404,
        'action_not_found',
      ],
      [
        'PATCH /api/goals/{goalId}/actions/{actionId}',
        { pathParameters: { goalId: 'g', actionId: 'a' }, body: '{"title":7}' },
        422,
        'invalid_request',
      ],
      ['DELETE /api/goals', {}, 500, 'internal_error'],
    ] as const;
    const events = refusals.map(([routeKey, parts]) => httpEvent(routeKey, 'u', parts));
    const { outcomes } = await callHandlerInTurn('goals', events, await databaseVariables(db));
    for (const [index, [routeKey, , status, code]] of refusals.entries()) {
      expect(httpAnswer(outcomes[index] ?? {}), routeKey).to.nested.include({ status, 'body.code': code });
    }
  });
});
