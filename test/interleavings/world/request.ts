/** Whose goals are seeded, and who asks. */
export const USER = 'user-1';

/** A request of a person, as API Gateway hands it on. */
export const request = (routeKey: string, pathParameters: Readonly<Record<string, string>>, body?: object) => ({
  routeKey,
  headers: {},
  pathParameters,
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  requestContext: { requestId: 'request', authorizer: { jwt: { claims: { sub: USER } } } },
});

export const LIST = request('GET /api/goals', {});
