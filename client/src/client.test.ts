import { expect } from 'chai';
import { failureOf } from '../../test/support/failure.ts';
import { bodyOf, createApiClient } from './client.ts';
import { ApiError, ConnectionError, retryAfterOf, UnexpectedAnswer } from './errors.ts';

/** A client whose requests are noted and answered by the test. */
function given(answer: () => Response | Promise<Response>) {
  const requests: Request[] = [];
  let unauthorized = 0;
  const api = createApiClient({
    baseUrl: 'https://api.example',
    token: () => 'secret',
    onUnauthorized: () => {
      unauthorized += 1;
    },
    async fetch(input, init) {
      requests.push(new Request(input, init));
      return answer();
    },
  });
  return { api, requests, unauthorized: () => unauthorized };
}

/** What becomes of a call that is answered so. */
const failureFor = (answer: () => Response | Promise<Response>) => failureOf(given(answer).api.GET('/api/goals'));

describe('the API client', () => {
  it('encodes what goes into the path, leaves out what is not given, and sends token and body', async () => {
    const { api, requests } = given(() => Response.json({ items: [] }));
    const path = { executionArn: 'arn:a/b' };
    await api.POST('/api/workflows/{executionArn}/cancel', { params: { path }, body: { reason: 'why' } });
    await api.GET('/api/workflows', { params: { query: { limit: 5 } } });
    const [cancel, list] = requests;
    expect(cancel?.url).to.equal('https://api.example/api/workflows/arn%3Aa%2Fb/cancel');
    expect(cancel?.headers.get('authorization')).to.equal('Bearer secret');
    expect(await cancel?.json()).to.deep.equal({ reason: 'why' });
    expect(list).to.include({
      url: 'https://api.example/api/workflows?limit=5',
      credentials: 'omit',
      cache: 'no-store',
    });
  });

  it('gives the body, or a response without one when nothing has changed', async () => {
    const goals = { items: [], nextCursor: null };
    expect(await bodyOf(given(() => Response.json(goals)).api.GET('/api/goals'))).to.deep.equal(goals);
    const unchanged = given(() => new Response(null, { status: 304, headers: { etag: '"1"' } }));
    const { data, response } = await unchanged.api.GET('/api/goals');
    expect([data, response.status, response.headers.get('etag')]).to.deep.equal([undefined, 304, '"1"']);
    expect(await failureOf(bodyOf(unchanged.api.GET('/api/goals')))).to.be.instanceOf(UnexpectedAnswer);
  });

  it('reads problem details, with the places and the wait', async () => {
    const errors = [{ path: '/title', message: 'must be a text' }];
    const error = await failureFor(() =>
      Response.json(
        { code: 'invalid_request', detail: 'See errors.', errors },
        { status: 422, headers: { 'retry-after': '3' } },
      ),
    );
    expect(error).to.be.instanceOf(ApiError);
    expect(error).to.deep.include({ status: 422, code: 'invalid_request', fields: errors, retryAfterSeconds: 3 });
  });

  it('reads an error that is not even JSON, and tells when the token was refused', async () => {
    const error = await failureFor(() => new Response('<html>', { status: 502 }));
    expect(error).to.deep.include({ status: 502, code: 'http_502' });
    const { api, unauthorized } = given(() => Response.json({ message: 'Unauthorized' }, { status: 401 }));
    expect(await failureOf(api.GET('/api/goals'))).to.deep.include({ code: 'http_401' });
    expect(unauthorized()).to.equal(1);
  });

  it('tells no answer from an answer that cannot be read', async () => {
    expect(await failureFor(() => Promise.reject(new TypeError('fetch failed')))).to.be.instanceOf(ConnectionError);
    const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) });
    expect(await failureFor(() => new Response(broken))).to.be.instanceOf(ConnectionError);
    expect(await failureFor(() => new Response('<html>'))).to.be.instanceOf(UnexpectedAnswer);
  });

  it('ends with the reason of its signal', async () => {
    const { api } = given(() => Promise.reject(new TypeError('aborted')));
    const reason = new Error('gone');
    expect(await failureOf(api.GET('/api/goals', { signal: AbortSignal.abort(reason) }))).to.equal(reason);
  });
});

describe('retryAfterOf', () => {
  it('is a number of seconds or nothing', () => {
    const given = ['3', 'Thu, 26 Nov 2026 00:00:00 GMT'].map(
      (wait) => new Response('', { headers: { 'retry-after': wait } }),
    );
    expect([...given, new Response('')].map(retryAfterOf)).to.deep.equal([3, undefined, undefined]);
  });
});
