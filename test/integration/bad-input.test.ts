import { expect } from 'chai';
import { issueToken, send, signIn, statusPath, titles, useStack } from '../support/stack.ts';

interface Refusal {
  code: string;
  errors?: { path: string; message: string }[];
}

describe('bad input', function () {
  this.timeout(300_000);
  const stack = useStack();
  const goal = { title: 'A goal', actions: [{ title: 'An action', type: 'habit' }] };

  it('no token, a broken one and an expired one get 401', async () => {
    const { url } = stack();
    const token = await issueToken(url, { userId: 'u', expiresInSeconds: -60 });
    for (const each of [undefined, 'x.y.z', token]) {
      const answer = await send(url, 'GET', '/api/goals', { token: each });
      expect(answer.status).to.equal(401);
      expect(answer.headers.get('www-authenticate')).to.contain('Bearer');
    }
  });

  it('an unknown goal and an unknown execution get 404 with their codes', async () => {
    const user = await signIn(stack().url, 'lost');
    const unknown = '00000000-0000-4000-8000-000000000000';
    for (const path of [`/api/goals/${unknown}`, `/api/goals/${unknown}/tasks`, `/api/goals/${'x'.repeat(3000)}`]) {
      expect((await user.call<Refusal>('GET', path)).body.code).to.equal('goal_not_found');
    }
    expect((await user.call<Refusal>('POST', `/api/goals/${unknown}/start-activity`)).body.code).to.equal(
      'goal_not_found',
    );
    const arn = `arn:aws:states:ap-northeast-1:123456789012:execution:goal-activity-dev:${unknown}-1`;
    for (const each of [arn, 'not-an-arn', 'x'.repeat(3000)]) {
      expect((await user.call<Refusal>('GET', statusPath(each))).body.code).to.equal('execution_not_found');
    }
  });

  it('malformed JSON gets 400 invalid_json', async () => {
    const user = await signIn(stack().url, 'careless');
    for (const raw of ['{', '{"title":', 'x']) {
      const answer = await send<Refusal>(stack().url, 'POST', '/api/goals', { token: user.token, raw });
      expect(answer.status).to.equal(400);
      expect(answer.body.code).to.equal('invalid_json');
    }
  });

  it('a goal without actions can be made but not started, and stays a draft', async () => {
    const user = await signIn(stack().url, 'empty');
    const { goalId } = await user.createGoal([]);
    const answer = await user.call<Refusal>('POST', `/api/goals/${goalId}/start-activity`);
    expect([answer.status, answer.body.code]).to.deep.equal([422, 'goal_without_actions']);
    expect(await user.getGoal(goalId)).to.include({ status: 'draft', version: 1 });
  });

  it('65 actions and a title of 10,000 characters get 422, naming what is wrong, and nothing is written', async () => {
    const user = await signIn(stack().url, 'too-much');
    const many = { ...goal, actions: titles(65).map((title) => ({ title, type: 'habit' })) };
    expect((await user.call<Refusal>('POST', '/api/goals', many)).body.code).to.equal('too_many_actions');
    const long = await user.call<Refusal>('POST', '/api/goals', { ...goal, title: 'x'.repeat(10_000) });
    expect(long.body.code).to.equal('invalid_request');
    expect(long.body.errors?.map(({ path }) => path)).to.deep.equal(['/title']);
    const deep = await user.call<Refusal>('POST', '/api/goals', { ...goal, actions: [{ title: 'a', type: 'wish' }] });
    expect(deep.body.errors?.map(({ path }) => path)).to.deep.equal(['/actions/0/type']);
    const { items } = (await user.call<{ items: unknown[] }>('GET', '/api/goals')).body;
    expect(items).to.deep.equal([]);
  });

  it('a list with a wrong limit or cursor gets 422', async () => {
    const user = await signIn(stack().url, 'lister');
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'what=1']) {
      expect((await user.call<Refusal>('GET', `/api/goals?${query}`)).body.code, query).to.equal('invalid_request');
    }
  });

  it("another user's goal and execution are 404 in every call (rule 5)", async () => {
    const owner = await signIn(stack().url, 'owner');
    const stranger = await signIn(stack().url, 'stranger');
    const { goalId } = await owner.createGoal(titles(2));
    const { executionArn } = (await owner.start(goalId)).body;
    expect((await stranger.call('GET', `/api/goals/${goalId}`)).status).to.equal(404);
    expect((await stranger.call('GET', `/api/goals/${goalId}/tasks`)).status).to.equal(404);
    expect((await stranger.start(goalId)).status).to.equal(404);
    expect((await stranger.call('GET', statusPath(executionArn))).status).to.equal(404);
    expect((await stranger.cancel(executionArn)).status).to.equal(404);
    expect(await owner.waitForEnd(executionArn)).to.include({ status: 'SUCCEEDED' });
  });

  it('an unknown path gets the 404 of the gateway', async () => {
    const user = await signIn(stack().url, 'wanderer');
    expect((await user.call('GET', '/api/nothing')).status).to.equal(404);
  });

  it('lists goals newest first, page by page', async () => {
    const user = await signIn(stack().url, 'collector');
    const made = [];
    for (let index = 0; index < 3; index += 1) made.push((await user.createGoal(titles(1))).goalId);
    interface Page {
      items: { goalId: string }[];
      nextCursor: string | null;
    }
    const first = (await user.call<Page>('GET', '/api/goals?limit=2')).body;
    const second = (await user.call<Page>('GET', `/api/goals?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ goalId }) => goalId)).to.deep.equal(made.reverse());
  });
});
