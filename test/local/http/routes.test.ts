import { expect } from 'chai';
import { compileRoutes, decodePath } from '../../../local/http/routes.ts';

const route = (routeKey: string) => ({ routeKey, functionName: routeKey, authorizer: true });

describe('the routes of the gateway', () => {
  it('are the most specific that match, with their parameters', () => {
    const keys = ['GET /api/goals/{goalId}', 'GET /api/goals', 'GET /api/goals/recent', 'GET /api/runs/{runId}/status'];
    const find = compileRoutes(keys.map(route));
    for (const [method, path, routeKey, parameters] of [
      ['GET', '/api/goals', 'GET /api/goals', {}],
      ['GET', '/api/goals/recent', 'GET /api/goals/recent', {}],
      ['GET', '/api/runs/arn:x/status', 'GET /api/runs/{runId}/status', { runId: 'arn:x' }],
      ['GET', '/api/goals/a%2Fb', 'GET /api/goals/{goalId}', { goalId: 'a/b' }],
      ['HEAD', '/api/goals', undefined, undefined],
      ['GET', '/api/goals/', undefined, undefined],
      ['GET', '/api/Goals', undefined, undefined],
    ] as const) {
      const matched = find(method, path);
      expect([matched?.route.routeKey, matched?.pathParameters], path).to.deep.equal([routeKey, parameters]);
    }
  });

  it('refuse a route key that the local gateway does not know', () => {
    for (const key of ['', 'GET', '/a', 'get /a', 'GET a', 'ANY /a', 'GET /{proxy+}', '$default'])
      expect(() => compileRoutes([route(key)]), key).to.throw('does not know the route key');
  });
});

/** Sent path and what AWS made of it, from the live captures that `decodePath` names. */
describe('the path of a request', () => {
  it('is decoded twice, and cut at a question mark', () => {
    for (const [sent, path] of [
      ['/capture/space%20value', '/capture/space value'],
      ['/capture/plus+value', '/capture/plus+value'],
      ['/capture/question%3Fvalue', '/capture/question'],
      ['/capture/slash%2Fvalue', '/capture/slash/value'],
      ['/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C', '/capture/unicode-λ-世界'],
      ['/capture/literal%252Fvalue', '/capture/literal/value'],
      ['/capture/literal%2525value', '/capture/literal%value'],
      ['/capture/percent%25done', undefined],
      ['/capture/%E0%A4', undefined],
      ['*', undefined],
    ] as const)
      expect(decodePath(sent)?.path, sent).to.equal(path);
  });
});
