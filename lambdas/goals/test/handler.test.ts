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
import { wrongCursors } from '../../core/test/support/wrong-cursors.ts';

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
    const second = await call('GET /api/goals', userId, { queryStringParameters: { limit: '1', cursor } });
    expect(second).to.nested.include({ status: 200, 'body.items.length': 1 });
  });

  it('refuses every cursor that it did not make for this list of this user, and never breaks on one', async () => {
    const userId = `user-${randomUUID()}`;
    const list = (user: string, cursor?: string) =>
      httpEvent('GET /api/goals', user, { queryStringParameters: { limit: '1', ...(cursor ? { cursor } : {}) } });
    const create = httpEvent('POST /api/goals', userId, { body });
    const variables = await databaseVariables(db);
    const made = await callHandlerInTurn('goals', [create, create, list(userId)], variables);
    const [created, , page] = made.outcomes.map(httpAnswer);
    const { nextCursor }: { nextCursor: string } = Object(page?.body);
    const { goalId, createdAt }: { goalId: string; createdAt: string } = Object(created?.body);
    const key = { goalId, sk: 'GOAL', userId, createdAt };
    const forged = [{ ...key, goalId: '\ud800' }, key, { goalId, createdAt }, { goalId: '\ud800', createdAt }].flatMap(
      (each) => {
        const encoded = Buffer.from(JSON.stringify(each)).toString('base64url');
        return [encoded, `${encoded}.${nextCursor.split('.')[1]}`];
      },
    );
    const cursors = [...forged, ...wrongCursors(nextCursor)];
    const events = [
      list(userId, nextCursor),
      list('someone else', nextCursor),
      ...cursors.map((each) => list(userId, each)),
    ];
    const { outcomes } = await callHandlerInTurn('goals', events, variables);
    const [mine, ...refused] = outcomes.map(httpAnswer);
    expect(mine).to.nested.include({ status: 200, 'body.items.length': 1 });
    for (const [index, answer] of refused.entries()) {
      expect(answer, cursors[index - 1]).to.nested.include({ status: 422, 'body.code': 'invalid_request' });
    }
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
