import { expect } from 'chai';
import sinon from 'sinon';
import type { Validator } from '../../src/aws/boundary.ts';
import { goalNotFound, PermanentError, Problem, TransientError, tooManyExecutions } from '../../src/errors.ts';
import {
  executionArnParameter,
  type HttpAnswer,
  type HttpRequest,
  httpBoundary,
  invalidField,
  matchesEtag,
  parseRequest,
  pathParameter,
  toProblem,
} from '../../src/http/http.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { expectRefusal } from '../support/refusals.ts';

const event = (changes: object = {}) => ({
  routeKey: 'POST /api/goals',
  requestContext: { authorizer: { jwt: { claims: { sub: 'user-1' } } } },
  ...changes,
});
const ok = async (): Promise<HttpAnswer> => ({ status: 200, body: {} });
const fail = (thrown: unknown) => async () => Promise.reject(thrown);

async function answerOf(run: (request: HttpRequest) => Promise<HttpAnswer>, sent: unknown = event()) {
  const { log, lines } = createMemoryLog();
  const { statusCode, headers, body } = await httpBoundary(log, run)(sent);
  return { statusCode, headers, body: JSON.parse(body ?? ''), lines };
}

describe('httpBoundary', () => {
  const received = ({ body, routeKey: _, ...rest }: HttpRequest) => ({ ...rest, sent: body(), type: typeof body() });
  const none = { path: {}, query: {}, headers: {}, type: 'undefined' };
  const encoded = (bytes: Buffer) => ({ body: bytes.toString('base64'), isBase64Encoded: true });
  for (const [what, parts, given] of [
    ['the path', { pathParameters: { goalId: 'g' } }, { path: { goalId: 'g' } }],
    ['the query', { queryStringParameters: { limit: '5' } }, { query: { limit: '5' } }],
    ['the headers', { headers: { 'if-none-match': '*' } }, { headers: { 'if-none-match': '*' } }],
    ['the body', { body: '{"a":1}' }, { sent: { a: 1 }, type: 'object' }],
    ['a body that the gateway has encoded', encoded(Buffer.from('"あ"')), { sent: 'あ', type: 'string' }],
    ['a replacement character that was meant', { body: '"\\ufffd"' }, { sent: '\ufffd', type: 'string' }],
    ['no body for an empty one', { body: '' }, {}],
    [
      'nothing for what an event leaves out as null',
      { pathParameters: null, queryStringParameters: null, headers: null, body: null, isBase64Encoded: null },
      {},
    ],
    ['nothing for what it leaves out', {}, {}],
  ] as const) {
    it(`gives the token's subject and ${what} to the logic`, async () => {
      const run = async (request: HttpRequest) => ({ status: 200, body: received(request) });
      const { statusCode, body } = await answerOf(run, event(parts));
      expect([statusCode, body]).to.deep.equal([200, { userId: 'user-1', ...none, ...given }]);
    });
  }

  for (const [what, parts] of [
    ['not JSON', { body: '{' }],
    ['not UTF-8', encoded(Buffer.from('{"title":"caf\xe9"}', 'latin1'))],
    ['UTF-8 with a mark of the order of bytes', encoded(Buffer.from('\ufeff{}'))],
    ['what the gateway left of bytes that are not UTF-8', { body: '{"title":"caf\ufffd"}' }],
  ] as const) {
    it(`answers a body that is ${what} with 400 invalid_json`, async () => {
      const refused = await answerOf(async ({ body }) => ({ status: 200, body: { sent: body() } }), event(parts));
      expect(refused).to.nested.include({ statusCode: 400, 'body.code': 'invalid_json' });
    });
  }

  const withClaims = (claims: object) => event({ requestContext: { authorizer: { jwt: { claims } } } });

  it('answers a token whose subject is missing, empty, too long or no clean line with 401, since the authorizer lets it pass', async () => {
    const subjects = [undefined, '', ' ', '\u200b', 'x'.repeat(129), '\ud800', 'a\u0000', 'a\u0085', 'a\u2028'];
    for (const sub of subjects) {
      const { statusCode, headers, body, lines } = await answerOf(ok, withClaims({ sub }));
      expect([statusCode, body.code], JSON.stringify(sub)).to.deep.equal([401, 'invalid_token']);
      expect(headers).to.include({ 'www-authenticate': 'Bearer error="invalid_token"' });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ level: 'info', routeKey: 'POST /api/goals' }).and.not.have.property('userId');
    }
    for (const sub of ['x'.repeat(128), '\u{1f600}'.repeat(128), 'auth0|5f7c', 'ユーザー 1']) {
      const { body } = await answerOf(async ({ userId }) => ({ status: 200, body: { userId } }), withClaims({ sub }));
      expect(body).to.deep.equal({ userId: sub });
    }
  });

  it('answers a problem as application/problem+json with its code, its errors and Retry-After', async () => {
    const errors = [{ path: '/a', message: 'is missing' }];
    const problem = new Problem(503, 'start_delayed', 'T', 'D', { errors, retryAfterSeconds: 2 });
    const { statusCode, headers, body } = await answerOf(fail(problem));
    expect(statusCode).to.equal(503);
    const common = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
    expect(headers).to.deep.equal({ ...common, 'retry-after': '2' });
    const about = { type: 'about:blank', title: 'T', status: 503, detail: 'D', code: 'start_delayed' };
    expect(body).to.deep.equal({ ...about, errors });
    const plain = await answerOf(fail(new Problem(409, 'c', 'T', 'D')));
    expect(plain.headers).to.deep.equal(common);
    expect(plain.body).to.not.have.property('errors');
  });

  it('says nothing of the inside when something breaks, and logs it with its stack', async () => {
    const { statusCode, body, lines } = await answerOf(fail(new PermanentError('table secret-name is gone')));
    expect([statusCode, body.code]).to.deep.equal([500, 'internal_error']);
    expect(JSON.stringify(body)).not.to.contain('secret-name');
    expect(lines.at(-1)).to.include({ level: 'error', httpStatus: 500 });
    expect(lines.at(-1)?.stack).to.be.a('string');
    // So does an event that did not pass the authorizer.
    expect(await answerOf(ok, { routeKey: 'x', requestContext: {} })).to.include({ statusCode: 500 });
  });

  it('logs the ids of the path with every request, and no more of an id than any of ours is long (requirement 7)', async () => {
    const pathParameters = { executionArn: 'x'.repeat(300), goalId: 'g'.repeat(300), other: 'o' };
    const ids = { executionArn: 'x'.repeat(256), goalId: 'g'.repeat(256), userId: 'user-1' };
    for (const run of [ok, fail(new PermanentError('no'))]) {
      const { lines } = await answerOf(run, event({ pathParameters }));
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include(ids).and.not.have.property('other');
    }
  });

  const delayed = (cause?: unknown) => fail(new Problem(503, 'start_delayed', 'T', 'D', { cause }));
  for (const [what, run, line] of [
    ['answered', async () => ({ status: 201, body: {} }), { level: 'info', httpStatus: 201 }],
    ['refused', fail(new Problem(409, 'c', 'T', 'D')), { level: 'info', httpStatus: 409, code: 'c' }],
    [
      'failed',
      fail(new TransientError('later')),
      { level: 'error', httpStatus: 503, code: 'temporarily_unavailable', errorName: 'TransientError' },
    ],
    ['failed', delayed(new RangeError('too far')), { code: 'start_delayed', errorName: 'RangeError' }],
    ['failed', delayed(), { errorName: 'Problem', errorMessage: 'D' }],
  ] as const) {
    it(`logs the request of the Lambda as ${what}, how long that took and why: ${JSON.stringify(line)}`, async () => {
      const clock = sinon.useFakeTimers({ toFake: ['performance'] });
      clock.tick(500);
      try {
        const { log, lines } = createMemoryLog();
        const slow = async () => {
          clock.tick(1234);
          return run();
        };
        await httpBoundary(log, slow)(event(), { awsRequestId: 'request-1' });
        const common = { message: `request ${what}`, routeKey: 'POST /api/goals', awsRequestId: 'request-1' };
        expect(lines).to.have.length(1);
        expect(lines[0]).to.include({ ...line, ...common, durationMs: 1234 });
      } finally {
        clock.restore();
      }
    });
  }

  it('logs with every line which request it was, and at its end the execution that it led to', async () => {
    const { log, lines } = createMemoryLog();
    const { requestContext, ...rest } = event();
    const start = async (): Promise<HttpAnswer> => {
      log.info('execution claimed');
      return { status: 202, body: { executionArn: 'arn', title: 'private' } };
    };
    await httpBoundary(log, start)({ ...rest, requestContext: { ...requestContext, requestId: 'q' } });
    const of = { requestId: 'q', userId: 'user-1' };
    expect(lines[0]).to.include({ message: 'execution claimed', ...of });
    expect(lines[1])
      .to.include({ message: 'request answered', executionArn: 'arn', ...of })
      .and.not.have.property('title');
  });

  it('has no answer kept by anyone on the way, and says nothing of a body that there is not', async () => {
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    expect((await answerOf(ok)).headers).to.deep.equal(headers);
    const unchanged = async (): Promise<HttpAnswer> => ({ status: 304, headers: { etag: 'W/"a"' } });
    expect(await httpBoundary(createMemoryLog().log, unchanged)(event())).to.deep.equal({
      statusCode: 304,
      headers: { 'cache-control': 'no-store', etag: 'W/"a"' },
    });
  });
});

describe('a refusal', () => {
  const [passing, bug] = [new TransientError('later'), new RangeError('too far')];

  it('says in words what is wrong, when to come again where that may help, and keeps what caused it, for the log', () => {
    for (const [refusal, status, code, retryAfterSeconds, cause] of [
      [toProblem(passing), 503, 'temporarily_unavailable', 2, passing],
      [toProblem(bug), 500, 'internal_error', undefined, bug],
      [tooManyExecutions(5), 429, 'too_many_executions', 30, undefined],
      [invalidField('limit', 'is no number'), 422, 'invalid_request', undefined, undefined],
    ] as const) {
      expectRefusal(refusal, status, code);
      expect(refusal).to.include({ retryAfterSeconds, cause });
    }
    expect(tooManyExecutions(5).message).to.contain('5');
  });
});

describe('parseRequest', () => {
  const broken = (errors: object[]): Validator<unknown> =>
    Object.assign((_data: unknown): _data is unknown => false, {
      errors: errors.map((each) => ({ keyword: 'k', instancePath: '', message: 'm', ...each })),
    });

  it('gives what is valid, and refuses the rest with 422, naming at most 20 places', () => {
    expect(parseRequest((_data): _data is unknown => true, 'x')).to.equal('x');
    const places = Array.from({ length: 21 }, (_, index) => ({ instancePath: `/${index}`, message: 'm' }));
    const said = { status: 422, code: 'invalid_request', 'errors.length': 20, 'errors[1].path': '/1' };
    expect(() => parseRequest(broken(places), { private: 1 }))
      .to.throw(Problem)
      .that.nested.includes(said);
  });

  it('names what is not known as a place, shortened and well-formed, and no value', () => {
    for (const [name, end] of [
      ['owner', 'owner'],
      ['a/b~c', 'a~1b~0c'],
      ['\ud800', '\ufffd'],
      ['x'.repeat(101), 'x'.repeat(100)],
    ] as const) {
      const message = 'must NOT have additional properties';
      const params = { additionalProperty: name };
      const error = { instancePath: '/actions/0', keyword: 'additionalProperties', message, params };
      expect(() => parseRequest(broken([error]), { [name]: 'private' }))
        .to.throw(Problem)
        .with.deep.property('errors', [{ path: `/actions/0/${end}`, message }]);
    }
  });
});

describe('pathParameter', () => {
  const read = (value?: string) => pathParameter(value === undefined ? {} : { goalId: value }, 'goalId', goalNotFound);

  it('gives an id of up to 300 visible ASCII characters, and answers what cannot be one as not found', () => {
    for (const id of ['g', 'x'.repeat(300), '!slots#~']) expect(read(id)).to.equal(id);
    const none = ['', 'x'.repeat(301), 'a b', 'tab\t', 'null\0', '\ud800', 'x\udfff', 'é', '走', '\u2028', '\x7f'];
    const notFound = { status: 404, code: 'goal_not_found' };
    for (const each of none)
      expect(() => read(each), JSON.stringify(each))
        .to.throw(Problem)
        .that.includes(notFound);
  });

  it('fails for a route that lacks the parameter, which is a mistake of ours and not of the caller', () => {
    expect(read).to.throw('goalId').that.is.not.instanceOf(Problem);
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

  it('answers all else as an execution that there is not', () => {
    const names = ['', 'g-1:live', 'g-1#', 'g 1', 'g-1\n', '\ud800', 'x'.repeat(81)].map(
      (name) => `${executions}:${name}`,
    );
    const others = [
      `x${executions}:g-1`,
      `${executions}s:g-1`,
      'arn:aws-cn:states:ap-northeast-1:123456789012:execution:machine:g-1',
      'arn:aws:states:us-east-1:123456789012:execution:machine:g-1',
      'arn:aws:states:ap-northeast-1:210987654321:execution:machine:g-1',
      'arn:aws:states:ap-northeast-1:123456789012:express:machine:g-1',
    ];
    for (const each of [machine, executions, ...names, ...others])
      expect(() => read(each), JSON.stringify(each))
        .to.throw(Problem)
        .with.property('code', 'execution_not_found');
  });
});

describe('matchesEtag', () => {
  it('compares weakly, among any number of tags, and knows the star (RFC 9110)', () => {
    for (const header of ['W/"a"', '"a"', '"b", W/"a"', ' * ', '"b","a"'])
      expect(matchesEtag(header, 'W/"a"'), header).to.equal(true);
    for (const header of [undefined, '', '"b"', 'a', 'W/"A"', '"a', 'W/*', '"aW/"'])
      expect(matchesEtag(header, 'W/"a"'), String(header)).to.equal(false);
  });
});
