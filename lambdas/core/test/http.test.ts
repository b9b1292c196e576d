import { expect } from 'chai';
import { PermanentError, Problem, TransientError } from '../src/errors.ts';
import { type HttpRequest, httpBoundary } from '../src/http.ts';
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
  it("gives the token's subject, the path, the query and the body to the logic", async () => {
    const { body } = await answerOf(
      async ({ userId, path, query, body }) => ({ status: 200, body: { userId, path, query, sent: body() } }),
      event({ pathParameters: { goalId: 'g' }, queryStringParameters: { limit: '5' }, body: '{"a":1}' }),
    );
    expect(body).to.deep.equal({ userId: 'user-1', path: { goalId: 'g' }, query: { limit: '5' }, sent: { a: 1 } });
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
