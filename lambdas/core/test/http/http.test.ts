import { expect } from 'chai';
import sinon from 'sinon';
import type { Validator } from '../../src/aws/boundary.ts';
import { goalNotFound, PermanentError, Problem, TransientError } from '../../src/errors.ts';
import {
  executionArnParameter,
  type HttpAnswer,
  type HttpRequest,
  httpBoundary,
  invalidField,
  matchesEtag,
  parseRequest,
  pathParameter,
} from '../../src/http/http.ts';
import { createMemoryLog } from '../../src/log/logger.ts';

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

  it('answers a body that is not UTF-8 with 400 invalid_json, whether the gateway encoded or replaced what it could not read', async () => {
    const broken = [
      { body: Buffer.from('{"title":"caf\xe9"}', 'latin1').toString('base64'), isBase64Encoded: true },
      { body: Buffer.from('\ufeff{}').toString('base64'), isBase64Encoded: true },
      // What is left of bytes that are no UTF-8 in a body that the gateway gives as text.
      { body: '{"title":"caf\ufffd"}' },
    ];
    for (const parts of broken) {
      const { statusCode, body } = await answerOf(
        async (request) => ({ status: 200, body: { sent: request.body() } }),
        event(parts),
      );
      expect({ statusCode, code: body.code }, JSON.stringify(parts)).to.deep.equal({
        statusCode: 400,
        code: 'invalid_json',
      });
    }
    const { body } = await answerOf(
      async (request) => ({ status: 200, body: { sent: request.body() } }),
      event({ body: '{"title":"\\ufffd"}' }),
    );
    expect(body).to.deep.equal({ sent: { title: '\ufffd' } });
  });

  it('answers a token whose subject is missing, empty, too long or no clean line with 401, since the authorizer lets it pass', async () => {
    const claims = [
      {},
      { sub: '' },
      { sub: ' ' },
      { sub: '\u200b' },
      { sub: 'x'.repeat(129) },
      { sub: '\ud800' },
      { sub: 'a\u0000' },
      { sub: 'a\u0085' },
      { sub: 'a\u2028' },
    ];
    for (const each of claims) {
      const sent = event({ requestContext: { authorizer: { jwt: { claims: each } } } });
      const { statusCode, headers, body, lines } = await answerOf(async () => ({ status: 200, body: {} }), sent);
      expect({ statusCode, code: body.code }, JSON.stringify(each)).to.deep.equal({
        statusCode: 401,
        code: 'invalid_token',
      });
      expect(headers).to.include({ 'www-authenticate': 'Bearer error="invalid_token"' });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ level: 'info', routeKey: 'POST /api/goals' }).and.not.have.property('userId');
    }
    for (const sub of ['x'.repeat(128), '\u{1f600}'.repeat(128), 'auth0|5f7c', 'ユーザー 1']) {
      const sent = event({ requestContext: { authorizer: { jwt: { claims: { sub } } } } });
      const { body } = await answerOf(async ({ userId }) => ({ status: 200, body: { userId } }), sent);
      expect(body).to.deep.equal({ userId: sub });
    }
  });

  it('takes null for what an event may leave out', async () => {
    const none = {
      pathParameters: null,
      queryStringParameters: null,
      headers: null,
      body: null,
      isBase64Encoded: null,
    };
    const { statusCode, body } = await answerOf(
      async ({ path, query, headers, body: read }) => ({
        status: 200,
        body: { path, query, headers, is: typeof read() },
      }),
      event(none),
    );
    expect({ statusCode, body }).to.deep.equal({
      statusCode: 200,
      body: { path: {}, query: {}, headers: {}, is: 'undefined' },
    });
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

  it('gives undefined for a body that was not sent', async () => {
    for (const sent of [event(), event({ body: '' })]) {
      const { body } = await answerOf(async (request) => ({ status: 200, body: { is: typeof request.body() } }), sent);
      expect(body).to.deep.equal({ is: 'undefined' });
    }
  });

  it('logs the request of the Lambda with what became of it, and how long that took', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    clock.tick(500);
    try {
      for (const [run, line] of [
        [async () => ({ status: 201, body: {} }), { level: 'info', message: 'request answered', httpStatus: 201 }],
        [
          fail(new Problem(409, 'execution_ended', 'T', 'D')),
          { level: 'info', message: 'request refused', httpStatus: 409, code: 'execution_ended' },
        ],
        [
          fail(new TransientError('later')),
          { level: 'error', message: 'request failed', httpStatus: 503, code: 'temporarily_unavailable' },
        ],
      ] as const) {
        const { log, lines } = createMemoryLog();
        const slow = async () => {
          clock.tick(1234);
          return run();
        };
        await httpBoundary(log, slow)(event(), { awsRequestId: 'request-1' });
        const routeKey = 'POST /api/goals';
        expect(lines).to.have.length(1);
        expect(lines[0]).to.include({ ...line, routeKey, awsRequestId: 'request-1', durationMs: 1234 });
      }
    } finally {
      clock.restore();
    }
  });

  it('logs of a fault the origin, and no more of an id than any of ours is long', async () => {
    const long = event({ pathParameters: { executionArn: 'x'.repeat(300), goalId: 'g'.repeat(300) } });
    const { lines } = await answerOf(fail(new RangeError('too far')), long);
    expect(lines[0]).to.include({
      errorName: 'RangeError',
      executionArn: 'x'.repeat(256),
      goalId: 'g'.repeat(256),
    });
  });

  it('has no answer kept by anyone on the way', async () => {
    for (const run of [async () => ({ status: 200, body: {} }), fail(new PermanentError('no'))]) {
      const { headers } = await answerOf(run);
      expect(headers).to.include({ 'cache-control': 'no-store' });
    }
    const { headers } = await answerOf(async () => ({ status: 200, body: {} }));
    expect(headers).to.include({ 'content-type': 'application/json' });
  });
});

describe('the log line of a failed request', () => {
  it('is about what caused the refusal, or about the refusal where nothing did', async () => {
    const delayed = (cause?: unknown) => fail(new Problem(503, 'start_delayed', 'T', 'D', { cause }));
    expect((await answerOf(delayed(new RangeError('too far')))).lines[0]).to.include({ errorName: 'RangeError' });
    const { headers, lines } = await answerOf(delayed());
    expect(lines[0]).to.include({ errorName: 'Problem', errorMessage: 'D' });
    expect(headers).not.to.have.property('retry-after');
  });
});

describe('parseRequest', () => {
  const broken = (places: number): Validator<unknown> =>
    Object.assign((_data: unknown): _data is unknown => false, {
      errors: Array.from({ length: places }, (_, index) => ({ instancePath: `/${index}`, keyword: 'k', message: 'm' })),
    });

  it('gives what is valid, and refuses the rest with 422, naming at most 20 places', () => {
    const anything: Validator<unknown> = (_data): _data is unknown => true;
    expect(parseRequest(anything, 'x')).to.equal('x');
    const refused = () => parseRequest(broken(21), { private: 1 });
    expect(refused).to.throw(Problem).with.property('status', 422);
    expect(refused).to.throw(Problem).with.property('code', 'invalid_request');
    expect(refused).to.throw(Problem).with.nested.property('errors.length', 20);
    expect(refused).to.throw(Problem).with.nested.property('errors[1].path', '/1');
  });

  it('names what is not known as a place, shortened and well-formed, and no value', () => {
    const unknown = (name: string): Validator<unknown> =>
      Object.assign((_data: unknown): _data is unknown => false, {
        errors: [
          {
            instancePath: '/actions/0',
            keyword: 'additionalProperties',
            message: 'must NOT have additional properties',
            params: { additionalProperty: name },
          },
        ],
      });
    for (const [name, path] of [
      ['owner', '/actions/0/owner'],
      ['a/b~c', '/actions/0/a~1b~0c'],
      ['\ud800', '/actions/0/\ufffd'],
      ['x'.repeat(101), `/actions/0/${'x'.repeat(100)}`],
    ] as const) {
      expect(() => parseRequest(unknown(name), { [name]: 'private' }))
        .to.throw(Problem)
        .with.deep.property('errors', [{ path, message: 'must NOT have additional properties' }]);
    }
  });
});

describe('pathParameter', () => {
  const read = (value?: string) => pathParameter(value === undefined ? {} : { goalId: value }, 'goalId', goalNotFound);

  it('gives an id of up to 300 characters, and answers what cannot be one as not found', () => {
    for (const id of ['g', 'x'.repeat(300)]) expect(read(id)).to.equal(id);
    for (const none of ['', 'x'.repeat(301)])
      expect(() => read(none))
        .to.throw()
        .with.property('status', 404);
  });

  it('answers what holds anything but visible ASCII, as no id of ours does, as not found', () => {
    for (const none of ['a b', 'tab\t', 'null\0', '\ud800', 'x\udfff', 'é', '走', '\u2028', '\x7f'])
      expect(() => read(none), JSON.stringify(none))
        .to.throw()
        .with.property('code', 'goal_not_found');
    expect(read('!slots#~')).to.equal('!slots#~');
  });

  it('fails for a route that lacks the parameter, which is a mistake of ours and not of the caller', () => {
    expect(() => read())
      .to.throw(Error, 'goalId')
      .and.not.be.instanceOf(Problem);
  });
});

describe('executionArnParameter', () => {
  const machine = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:machine:live';
  const executions = 'arn:aws:states:ap-northeast-1:123456789012:execution:machine';
  const read = (executionArn: string) => executionArnParameter({ executionArn }, machine);

  it('gives the ARN of an execution of this state machine, whether or not there is one', () => {
    for (const name of ['0b6f8f5e-6a5c-4d3e-9b1a-2f4c7d8e9a10-1', 'A_z', '9', 'x'.repeat(80)])
      expect(read(`${executions}:${name}`)).to.equal(`${executions}:${name}`);
  });

  it('answers all else as an execution that there is not: other machines, other rows, other characters', () => {
    for (const none of [
      'user#u',
      'slots#u',
      machine,
      executions,
      `${executions}:`,
      `${executions}:g-1:live`,
      `${executions}:g-1#`,
      `${executions}:g 1`,
      `${executions}:g-1\n`,
      `${executions}:\ud800`,
      `${executions}:${'x'.repeat(81)}`,
      `x${executions}:g-1`,
      `${executions}s:g-1`,
      'arn:aws-cn:states:ap-northeast-1:123456789012:execution:machine:g-1',
      'arn:aws:states:us-east-1:123456789012:execution:machine:g-1',
      'arn:aws:states:ap-northeast-1:210987654321:execution:machine:g-1',
      'arn:aws:states:ap-northeast-1:123456789012:express:machine:g-1',
      'arn:aws:states:ap-northeast-1:123456789012:execution:other:g-1',
    ])
      expect(() => read(none), JSON.stringify(none))
        .to.throw()
        .with.property('code', 'execution_not_found');
  });
});

describe('invalidField', () => {
  it('names the field as a place in the request', () => {
    expect(invalidField('limit', 'is no number')).to.deep.include({
      status: 422,
      code: 'invalid_request',
      errors: [{ path: '/limit', message: 'is no number' }],
    });
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
    for (const header of [undefined, '', '"b"', 'a', 'W/"A"', '"a', 'W/*', '"aW/"']) {
      expect(matchesEtag(header, 'W/"a"'), String(header)).to.equal(false);
    }
  });
});
