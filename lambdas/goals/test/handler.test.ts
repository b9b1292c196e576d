import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { callHandler, databaseVariables, httpAnswer, httpEvent } from '../../core/test/call-handler.ts';

describe('the handler of goals', () => {
  const database = useDatabase();
  const body = JSON.stringify({ title: 'Run', actions: [{ title: 'Jog', type: 'habit' }] });

  const call = async (routeKey: string, userId: string, parts: object = {}) =>
    httpAnswer(await callHandler('goals', httpEvent(routeKey, userId, parts), await databaseVariables(database())));

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
    const create = (key: string) => call('POST /api/goals', userId, { body, headers: { 'idempotency-key': key } });
    const statuses = [await create('a'), await create('a'), await create('b')].map(({ status }) => status);
    expect(statuses).to.deep.equal([201, 200, 201]);
    expect(await call('GET /api/goals', userId)).to.nested.include({
      status: 200,
      'body.items.length': 2,
      'body.nextCursor': null,
    });
    const first = await call('GET /api/goals', userId, { queryStringParameters: { limit: '1' } });
    expect(first).to.nested.include({ status: 200, 'body.items.length': 1 });
    const { nextCursor: cursor }: { nextCursor: string } = Object(first.body);
    const second = await call('GET /api/goals', userId, { queryStringParameters: { limit: '1', cursor } });
    expect(second).to.nested.include({ status: 200, 'body.items.length': 1 });
  });

  it('refuses what is no goal, no change, no query and no id, each by its code', async () => {
    const many = JSON.stringify({ title: 'Run', actions: Array(65).fill({ title: 'Jog', type: 'habit' }) });
    for (const [routeKey, parts, status, code] of [
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
    ] as const) {
      expect(await call(routeKey, 'u', parts), routeKey).to.nested.include({ status, 'body.code': code });
    }
  });
});
