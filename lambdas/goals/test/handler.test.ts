import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { callHandlerInTurn, databaseVariables, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';

const CHANGE_GOAL = 'PATCH /api/goals/{goalId}';
const CHANGE = 'PATCH /api/goals/{goalId}/actions/{actionId}';

describe('the handler of goals', () => {
  const { db } = useTables();
  const body = JSON.stringify({ title: 'Run', actions: [{ title: 'Jog', type: 'habit' }] });

  /** What one process answers to the requests of a user, one after the other. */
  async function ask(userId: string, ...requests: readonly (readonly [routeKey: string, parts?: object])[]) {
    const events = requests.map(([routeKey, parts]) => httpEvent(routeKey, userId, parts));
    return (await callHandlerInTurn('goals', events, await databaseVariables(db))).outcomes.map(httpAnswer);
  }

  it('creates a goal, changes its action, reads it, and lists its tasks', async () => {
    const userId = `user-${randomUUID()}`;
    const [created] = await ask(userId, ['POST /api/goals', { body }]);
    const { goalId, actions }: { goalId: string; actions: { actionId: string }[] } = Object(created?.body);
    expect(created).to.nested.include({ status: 201, 'headers.location': `/api/goals/${goalId}` });
    const pathParameters = { goalId, actionId: actions[0]?.actionId };
    const [changed, read, tasks] = await ask(
      userId,
      [CHANGE, { pathParameters, body: '{"title":"Walk"}' }],
      ['GET /api/goals/{goalId}', { pathParameters }],
      ['GET /api/goals/{goalId}/tasks', { pathParameters }],
    );
    expect(changed).to.nested.include({ status: 200, 'body.title': 'Walk' });
    expect(read).to.nested.include({ status: 200, 'body.actions[0].title': 'Walk' });
    expect(tasks).to.deep.include({ status: 200, body: { tasks: [] } });
  });

  it('changes a goal, estimates a start of it, answers its tasks as what is asked for and those of today, and deletes it', async () => {
    const userId = `user-${randomUUID()}`;
    const [created] = await ask(userId, ['POST /api/goals', { body }]);
    const { goalId }: { goalId: string } = Object(created?.body);
    const pathParameters = { goalId };
    const goal = (method: string, parts: object = {}) =>
      [`${method} /api/goals/{goalId}`, { pathParameters, ...parts }] as const;
    const tasks = (accept: string) =>
      ['GET /api/goals/{goalId}/tasks', { pathParameters, headers: { accept } }] as const;
    const answers = await ask(
      userId,
      goal('PATCH', { body: '{"version":1,"title":"Walk"}' }),
      ['GET /api/goals/{goalId}/estimate', { pathParameters }],
      tasks('*/*'),
      tasks('text/csv'),
      ['GET /api/today', { queryStringParameters: { limit: '5' } }],
      ['GET /api/today'],
      goal('DELETE', { queryStringParameters: { version: '2' } }),
      goal('GET'),
    );
    const [changed, estimate, json, csv, today, , deleted] = answers;
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200, 200, 204, 404]);
    expect(changed).to.nested.include({ 'body.title': 'Walk', 'body.version': 2 });
    expect(estimate?.body).to.include({ actions: 1, modelId: 'MODEL_ID', basis: 'typical' });
    expect(json)
      .to.deep.include({ body: { tasks: [] } })
      .and.nested.include({ 'headers.vary': 'Accept' });
    expect(csv?.body).to.match(/^taskId,.*\r\n$/);
    expect(csv?.headers).to.include({ vary: 'Accept', 'content-type': 'text/csv; charset=utf-8; header=present' });
    expect(today?.body).to.deep.equal({ habits: [], tasks: [] });
    expect(deleted).to.have.property('body', undefined);
  });

  it('creates one goal for an Idempotency-Key, and lists page by page', async () => {
    const userId = `user-${randomUUID()}`;
    const create = (key: string) => ['POST /api/goals', { body, headers: { 'idempotency-key': key } }] as const;
    const list = (query?: object) => ['GET /api/goals', { queryStringParameters: query }] as const;
    const answers = await ask(userId, create('a'), create('a'), create('b'), list(), list({ limit: '1' }));
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 200, 201, 200, 200]);
    const [, , , all, first] = answers;
    expect(all).to.nested.include({ 'body.items.length': 2, 'body.nextCursor': null });
    expect(first).to.nested.include({ 'body.items.length': 1 });
    const { nextCursor: cursor }: { nextCursor: string } = Object(first?.body);
    const [second] = await ask(userId, list({ limit: '1', cursor }));
    expect(second).to.nested.include({ status: 200, 'body.items.length': 1 });
    const [refused] = await ask('someone else', list({ cursor }));
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
      [CHANGE_GOAL, { pathParameters: { goalId: 'g' }, body: '{"version":1}' }, 422, 'invalid_request'],
      [CHANGE_GOAL, { pathParameters: { goalId: 'g' }, body: many }, 422, 'too_many_actions'],
      [CHANGE_GOAL, { pathParameters: { goalId: 'g' }, body: '{"version":1,"title":"x"}' }, 404, 'goal_not_found'],
      ['DELETE /api/goals/{goalId}', { pathParameters: { goalId: randomUUID() } }, 422, 'invalid_request'],
      ['DELETE /api/goals/{goalId}', { pathParameters: { goalId: 'g' } }, 404, 'goal_not_found'],
      [
        'DELETE /api/goals/{goalId}/tasks/{taskId}',
        { pathParameters: { goalId: 'g', taskId: 't'.repeat(201) } },
        404,
        'task_not_found',
      ],
      ['GET /api/goals/{goalId}/estimate', { pathParameters: { goalId: 'g' } }, 404, 'goal_not_found'],
      ['GET /api/today', { queryStringParameters: { limit: '0' } }, 422, 'invalid_request'],
      [CHANGE, { pathParameters: { goalId: 'g', actionId: '' }, body: '{}' }, 404, 'action_not_found'],
      [CHANGE, { pathParameters: { goalId: 'g', actionId: 'a' }, body: '{"title":7}' }, 422, 'invalid_request'],
      ['DELETE /api/goals', {}, 500, 'internal_error'],
    ] as const;
    const answers = await ask('u', ...refusals.map(([routeKey, parts]) => [routeKey, parts] as const));
    for (const [index, [routeKey, , status, code]] of refusals.entries())
      expect(answers[index], routeKey).to.nested.include({ status, 'body.code': code });
  });
});
