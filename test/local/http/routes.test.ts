import { expect } from 'chai';
import fc from 'fast-check';
import { compileRoutes, decodePath } from '../../../local/http/routes.ts';
import { anyCodePoint } from '../../support/code-point.ts';

const route = (routeKey: string) => ({ routeKey, functionName: routeKey, authorizer: true });

describe('the routes of the gateway', () => {
  const KEYS = [
    'GET /api/goals/{goalId}',
    'GET /api/goals',
    'POST /api/goals',
    'GET /api/goals/recent',
    'GET /api/workflows/{executionArn}/status',
  ];
  const find = compileRoutes(KEYS.map(route));

  it('are the most specific that match, with their parameters', () => {
    for (const [method, path, routeKey, parameters] of [
      ['GET', '/api/goals', 'GET /api/goals', {}],
      ['GET', '/api/goals/recent', 'GET /api/goals/recent', {}],
      ['GET', '/api/workflows/arn:x/status', 'GET /api/workflows/{executionArn}/status', { executionArn: 'arn:x' }],
      ['GET', '/api/goals/a%2Fb', 'GET /api/goals/{goalId}', { goalId: 'a/b' }],
      ['HEAD', '/api/goals', undefined, undefined],
      ['GET', '/api/goals/', undefined, undefined],
      ['GET', '/api/Goals', undefined, undefined],
      ['GET', '/api', undefined, undefined],
    ] as const) {
      const matched = find(method, path);
      expect([matched?.route.routeKey, matched?.pathParameters], path).to.deep.equal([routeKey, parameters]);
    }
  });

  it('refuse a route key that the local gateway does not know', () => {
    for (const key of ['', 'GET', '/a', 'get /a', 'GET a', 'ANY /a', 'GET /{proxy+}', '$default'])
      expect(() => compileRoutes([route(key)]), key).to.throw('does not know the route key');
  });

  it('find a goal by its id, whatever its characters but a slash', () => {
    const id = fc.string({ minLength: 1, unit: anyCodePoint }).filter((text) => !/[/?%]/.test(text));
    fc.assert(
      fc.property(id, (goalId) => {
        const path = decodePath(`/api/goals/${encodeURIComponent(goalId)}`);
        if (goalId === 'recent') return;
        expect(find('GET', path?.routed ?? '')?.pathParameters).to.deep.equal({ goalId });
      }),
    );
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
