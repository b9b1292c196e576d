import { expect } from 'chai';
import { isAnswer } from './check.ts';
import { createApiClient, pathOf } from './client.ts';
import { ApiError, ConnectionError, UnexpectedAnswer } from './errors.ts';

const task = {
  executionArn: 'arn:aws:states:x',
  goalId: 'g',
  status: 'RUNNING',
  startDate: '2026-01-31T09:30:00.000Z',
};

/** A client whose requests are noted and answered by the test. */
function given(answer: () => Response | Promise<Response>) {
  const requests: { url: string; init: RequestInit }[] = [];
  let unauthorized = 0;
  const api = createApiClient({
    apiUrl: 'https://api.example',
    token: () => 'secret',
    onUnauthorized: () => {
      unauthorized += 1;
    },
    async fetch(url, init) {
      requests.push({ url: String(url), init: init ?? {} });
      return answer();
    },
  });
  return { api, requests, unauthorized: () => unauthorized };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('not rejected');
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

describe('the API client', () => {
  it('encodes what goes into the path and leaves out empty filters', () => {
    expect(pathOf('/api/workflows/{executionArn}/status', { executionArn: 'arn:a/b' })).to.equal(
      '/api/workflows/arn%3Aa%2Fb/status',
    );
    expect(pathOf('/api/workflows', {}, { goalId: '', status: undefined, limit: '5' })).to.equal(
      '/api/workflows?limit=5',
    );
  });

  it('sends the token, and the body as JSON', async () => {
    const { api, requests } = given(() => json(202, task));
    await api.call('POST /api/goals/{goalId}/start-activity', { path: { goalId: 'g' } });
    expect(requests[0]?.url).to.equal('https://api.example/api/goals/g/start-activity');
    expect(requests[0]?.init).to.deep.include({ method: 'POST', credentials: 'omit', cache: 'no-store' });
    expect(requests[0]?.init.headers).to.deep.equal({ authorization: 'Bearer secret' });
  });

  it('gives no body, but the ETag and the wait, when nothing has changed', async () => {
    const { api } = given(() => new Response(null, { status: 304, headers: { etag: '"1"', 'retry-after': '12' } }));
    const answer = await api.send('GET /api/workflows/{executionArn}/status', { path: { executionArn: 'a' } });
    expect(answer).to.deep.equal({ status: 304, body: undefined, etag: '"1"', retryAfterSeconds: 12 });
  });

  it('gives the wait of an answer, where it is a number of seconds', async () => {
    const waitOf = async (headers: Record<string, string>) => {
      const { api } = given(() => json(202, task, headers));
      return (await api.send('POST /api/goals/{goalId}/start-activity', { path: { goalId: 'g' } })).retryAfterSeconds;
    };
    expect(await waitOf({ 'retry-after': '3' })).to.equal(3);
    expect(await waitOf({ 'retry-after': 'Thu, 26 Nov 2026 00:00:00 GMT' })).to.equal(undefined);
    expect(await waitOf({})).to.equal(undefined);
  });

  it('reads problem details, with the places and the wait', async () => {
    const errors = [{ path: '/title', message: 'must be a text' }];
    const { api } = given(() =>
      json(422, { code: 'invalid_request', detail: 'See errors.', errors }, { 'retry-after': '3' }),
    );
    const error = await failureOf(api.call('GET /api/goals'));
    expect(error).to.be.instanceOf(ApiError);
    expect(error).to.deep.include({ status: 422, code: 'invalid_request', fields: errors, retryAfterSeconds: 3 });
  });

  it('reads an error that is not even JSON', async () => {
    const { api } = given(() => new Response('<html>', { status: 502 }));
    expect(await failureOf(api.call('GET /api/goals'))).to.deep.include({ status: 502, code: 'http_502' });
  });

  it('tells when the token was refused', async () => {
    const { api, unauthorized } = given(() => json(401, { message: 'Unauthorized' }));
    expect(await failureOf(api.call('GET /api/goals'))).to.deep.include({ code: 'http_401' });
    expect(unauthorized()).to.equal(1);
  });

  it('tells no answer from an answer that breaks the contract', async () => {
    const down = given(() => Promise.reject(new TypeError('fetch failed')));
    expect(await failureOf(down.api.call('GET /api/goals'))).to.be.instanceOf(ConnectionError);
    const other = given(() => json(200, { items: [{ goalId: 1 }], nextCursor: null }));
    expect(await failureOf(other.api.call('GET /api/goals'))).to.be.instanceOf(UnexpectedAnswer);
  });

  it('ends with the reason of its signal', async () => {
    const { api } = given(() => Promise.reject(new TypeError('aborted')));
    const reason = new Error('gone');
    expect(await failureOf(api.call('GET /api/goals', { signal: AbortSignal.abort(reason) }))).to.equal(reason);
  });
});

describe('isAnswer', () => {
  it('takes what docs/openapi.yaml promises, and what it may add later', () => {
    expect(isAnswer('GET /api/goals', { items: [], nextCursor: null, more: 1 })).to.equal(true);
    expect(isAnswer('POST /api/goals/{goalId}/start-activity', task)).to.equal(true);
  });

  it('refuses missing and wrong values, at any depth', () => {
    expect(isAnswer('GET /api/goals', { items: [] })).to.equal(false);
    expect(isAnswer('GET /api/goals', { items: {}, nextCursor: null })).to.equal(false);
    expect(isAnswer('POST /api/goals/{goalId}/start-activity', { ...task, status: 'FAILED' })).to.equal(false);
    expect(isAnswer('GET /api/goals/{goalId}/tasks', { tasks: [{ taskId: 1 }] })).to.equal(false);
  });
});
