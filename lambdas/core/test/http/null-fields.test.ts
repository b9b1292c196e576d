import { expect } from 'chai';
import fc from 'fast-check';
import { httpBoundary } from '../../src/http/http.ts';
import { createMemoryLog } from '../../src/log/logger.ts';

/**
 * Payload format 2.0, every field that it may have (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
 * AWS leaves out what a request lacks; emulators, and gateways in front of them, write null.
 */
const FULL = {
  version: '2.0',
  routeKey: 'PATCH /api/goals/{goalId}',
  rawPath: '/api/goals/g',
  rawQueryString: 'limit=5',
  cookies: ['a=b'],
  headers: { 'content-type': 'application/json', 'if-none-match': '*' },
  queryStringParameters: { limit: '5' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'api-id',
    authentication: { clientCert: null },
    authorizer: { jwt: { claims: { sub: 'user-1', email: 'a@example.com' }, scopes: ['goals'] } },
    domainName: 'id.execute-api.ap-northeast-1.amazonaws.com',
    domainPrefix: 'id',
    http: { method: 'PATCH', path: '/api/goals/g', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'agent' },
    requestId: 'JKJaXmPLvHcESHA=',
    routeKey: 'PATCH /api/goals/{goalId}',
    stage: '$default',
    time: '12/Mar/2020:19:03:58 +0000',
    timeEpoch: 1583348638390,
  },
  body: '{"title":"走る"}',
  pathParameters: { goalId: 'g' },
  isBase64Encoded: false,
  stageVariables: { name: 'value' },
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every field of an event, by its path. */
const pathsOf = (value: Record<string, unknown>, above = ''): string[] =>
  Object.entries(value).flatMap(([name, inner]) => {
    const path = `${above}/${name}`;
    return [path, ...(isObject(inner) ? pathsOf(inner, path) : [])];
  });

/** A copy of an event in which some fields are null, or are not there. */
const without = (value: Record<string, unknown>, gone: readonly string[], asNull: boolean, above = ''): object =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      const path = `${above}/${name}`;
      if (gone.includes(path)) return asNull ? [[name, null]] : [];
      return [[name, isObject(inner) ? without(inner, gone, asNull, path) : inner]];
    }),
  );

async function answerTo(event: unknown) {
  const run = httpBoundary(createMemoryLog().log, async ({ body, ...request }) => ({
    status: 200,
    body: { ...request, sent: body() },
  }));
  const { statusCode, body } = await run(event);
  return { statusCode, body };
}

describe('a field of an API event that is null', () => {
  it('is the same as one that is absent, whichever fields and however many they are', async () => {
    const gone = fc.subarray(pathsOf(FULL), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(gone, async (paths) => {
        expect(await answerTo(without(FULL, paths, true))).to.deep.equal(await answerTo(without(FULL, paths, false)));
      }),
      { numRuns: 200, examples: pathsOf(FULL).map((path) => [[path]]) },
    );
  });

  it('is not missed: an event that is null in all that the format may leave out is answered', async () => {
    const optional = pathsOf(FULL).filter(
      (path) => !/^\/(routeKey|requestContext(\/authorizer(\/jwt(\/claims(\/sub)?)?)?)?)$/.test(path),
    );
    const { statusCode, body } = await answerTo(without(FULL, optional, true));
    expect([statusCode, JSON.parse(body ?? '')]).to.deep.equal([
      200,
      { routeKey: FULL.routeKey, userId: 'user-1', path: {}, query: {}, headers: {} },
    ]);
  });
});
