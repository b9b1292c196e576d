import { expect } from 'chai';
import { PermanentError, Problem, TransientError } from '../src/errors.ts';
import { type HttpAnswer, type HttpRequest, httpBoundary, matchesEtag } from '../src/http.ts';
import { createMemoryLog } from '../src/logger.ts';

const event = (changes: object = {}) => ({
  routeKey: 'POST /api/goals',
  requestContext: { authorizer: { jwt: { claims: { sub: 'user-1' } } } },
  ...changes,
});

async function answerOf(
  run: (request: HttpRequest) => Promise<{ status: number; body: object }>,
  sent: unknown = event(),
) {
  const { log, lines } = createMemoryLog();
  const { statusCode, headers, body } = await httpBoundary(log, run)(sent);
  return { statusCode, headers, body: JSON.parse(body ?? ''), lines };
}

const fail = (thrown: unknown) => async () => {
  throw thrown;
};

describe('httpBoundary', () => {
  it("gives the token's subject, the path, the query, the headers and the body to the logic", async () => {
    const { body } = await answerOf(
      async ({ body, routeKey: _, ...rest }) => ({ status: 200, body: { ...rest, sent: body() } }),
      event({
        pathParameters: { goalId: 'g' },
        queryStringParameters: { limit: '5' },
        headers: { 'if-none-match': '*' },
        body: '{"a":1}',
      }),
    );
    expect(body).to.deep.equal({
      userId: 'user-1',
      path: { goalId: 'g' },
      query: { limit: '5' },
      headers: { 'if-none-match': '*' },
      sent: { a: 1 },
    });
  });

  it('reads a body that the gateway has encoded', async () => {
    const encoded = event({ body: Buffer.from('{"a":"あ"}').toString('base64'), isBase64Encoded: true });
    const { body } = await answerOf(async (request) => ({ status: 200, body: { sent: request.body() } }), encoded);
    expect(body).to.deep.equal({ sent: { a: 'あ' } });
  });

  it('answers a body that is not JSON with 400 invalid_json', async () => {
    const { statusCode, body } = await answerOf(
      async (request) => ({ status: 200, body: { sent: request.body() } }),
      event({ body: '{' }),
    );
    expect(statusCode).to.equal(400);
    expect(body.code).to.equal('invalid_json');
  });

  it('answers a problem as application/problem+json with its code, its errors and Retry-After', async () => {
    const errors = [{ path: '/a', message: 'is missing' }];
    const { statusCode, headers, body } = await answerOf(
      fail(new Problem(503, 'start_delayed', 'T', 'D', { errors, retryAfterSeconds: 2 })),
    );
    expect(statusCode).to.equal(503);
    expect(headers).to.include({ 'content-type': 'application/problem+json', 'retry-after': '2' });
    expect(body).to.deep.equal({
      type: 'about:blank',
      title: 'T',
      status: 503,
      detail: 'D',
      code: 'start_delayed',
      errors,
    });
  });

  it('says nothing of the inside when something breaks, and logs it with its stack', async () => {
    const { statusCode, body, lines } = await answerOf(fail(new PermanentError('table secret-name is gone')));
    expect(statusCode).to.equal(500);
    expect(body.code).to.equal('internal_error');
    expect(JSON.stringify(body)).not.to.contain('secret-name');
    expect(lines.at(-1)).to.include({ level: 'error', httpStatus: 500 });
    expect(lines.at(-1)?.stack).to.be.a('string');
  });

  it('logs the ids of the path with every request (requirement 7)', async () => {
    const sent = event({ pathParameters: { executionArn: 'arn:aws:states:x', goalId: 'g', other: 'o' } });
    const ids = { executionArn: 'arn:aws:states:x', goalId: 'g', userId: 'user-1' };
    for (const run of [async () => ({ status: 200, body: {} }), fail(new PermanentError('no'))]) {
      const { lines } = await answerOf(run, sent);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include(ids).and.not.have.property('other');
    }
  });

  it('asks the caller to try again when the fault may pass', async () => {
    const { statusCode, headers, body } = await answerOf(fail(new TransientError('throttled')));
    expect(statusCode).to.equal(503);
    expect(body.code).to.equal('temporarily_unavailable');
    expect(headers).to.have.property('retry-after');
  });

  it('fails with 500 for an event that did not pass the authorizer', async () => {
    const { statusCode } = await answerOf(async () => ({ status: 200, body: {} }), {
      routeKey: 'x',
      requestContext: {},
    });
    expect(statusCode).to.equal(500);
  });
});

describe('an answer without a body', () => {
  it('has neither content nor content type, and keeps its headers', async () => {
    const run = async (): Promise<HttpAnswer> => ({ status: 304, headers: { etag: 'W/"a"' } });
    const { log } = createMemoryLog();
    expect(await httpBoundary(log, run)(event())).to.deep.equal({
      statusCode: 304,
      headers: { 'cache-control': 'no-store', etag: 'W/"a"' },
    });
  });
});

describe('matchesEtag', () => {
  it('compares weakly, among any number of tags, and knows the star (RFC 9110)', () => {
    for (const header of ['W/"a"', '"a"', '"b", W/"a"', ' * ', '"b","a"']) {
      expect(matchesEtag(header, 'W/"a"'), header).to.equal(true);
    }
    for (const header of [undefined, '', '"b"', 'a', 'W/"A"', '"a', 'W/*']) {
      expect(matchesEtag(header, 'W/"a"'), String(header)).to.equal(false);
    }
  });
});
