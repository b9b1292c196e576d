/** Whose goals are seeded, and who asks. */
export const USER = 'user-1';

type Texts = Readonly<Record<string, string>>;

/** A request of a person, as API Gateway hands it on. */
export const request = (routeKey: string, pathParameters: Texts, body?: object, queryStringParameters: Texts = {}) => ({
  routeKey,
  headers: {},
  pathParameters,
  queryStringParameters,
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  requestContext: { requestId: 'request', authorizer: { jwt: { claims: { sub: USER } } } },
});

export const LIST = request('GET /api/goals', {});
