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
    'ANY /files/{proxy+}',
    'GET /files/{name}',
    'POST /files/{proxy+}',
    'GET /',
  ];
  const find = compileRoutes(KEYS.map(route));

  for (const [method, path, routeKey, parameters] of [
    ['GET', '/api/goals', 'GET /api/goals', {}],
    ['POST', '/api/goals', 'POST /api/goals', {}],
    ['GET', '/api/goals/g-1', 'GET /api/goals/{goalId}', { goalId: 'g-1' }],
    ['GET', '/api/goals/recent', 'GET /api/goals/recent', {}],
    [
      'GET',
      '/api/workflows/arn:aws:states:x/status',
      'GET /api/workflows/{executionArn}/status',
      { executionArn: 'arn:aws:states:x' },
    ],
    ['GET', '/files/a', 'GET /files/{name}', { name: 'a' }],
    ['GET', '/files/a/b', 'ANY /files/{proxy+}', { proxy: 'a/b' }],
    ['POST', '/files/a', 'POST /files/{proxy+}', { proxy: 'a' }],
    ['HEAD', '/files/a', 'ANY /files/{proxy+}', { proxy: 'a' }],
    ['GET', '/', 'GET /', {}],
    ['GET', '/api/goals/a%2Fb', 'GET /api/goals/{goalId}', { goalId: 'a/b' }],
    ['GET', '/api/goals/__proto__', 'GET /api/goals/{goalId}', { goalId: '__proto__' }],
  ] as const) {
    it(`take ${method} ${path} to ${routeKey}`, () => {
      const matched = find(method, path);
      expect(matched?.route.routeKey).to.equal(routeKey);
      expect(matched?.pathParameters).to.deep.equal(parameters);
    });
  }

  it('take nothing else', () => {
    for (const [method, path] of [
      ['HEAD', '/api/goals'],
      ['OPTIONS', '/api/goals'],
      ['DELETE', '/api/goals/g-1'],
      ['GET', '/api/goals/'],
      ['GET', '/api//goals'],
      ['GET', '/api/Goals'],
      ['GET', '/api/goals/g-1/'],
      ['GET', '/api/workflows/a/b/status'],
      ['GET', '/api'],
      ['GET', '/files/'],
    ] as const) {
      expect(find(method, path), `${method} ${path}`).to.equal(undefined);
    }
  });

  it('fall back to $default', () => {
    const findWithDefault = compileRoutes([route('$default'), route('GET /a')]);
    expect(findWithDefault('GET', '/a')?.route.routeKey).to.equal('GET /a');
    expect(findWithDefault('POST', '/b/c')?.route.routeKey).to.equal('$default');
  });

  it('refuse a route key that is none', () => {
    for (const key of ['', 'GET', '/a', 'get /a', 'GET a', 'FETCH /a']) {
      expect(() => compileRoutes([route(key)]), key).to.throw('Not a route key');
    }
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
  for (const [sent, path] of [
    ['/capture/plain', '/capture/plain'],
    ['/capture/space%20value', '/capture/space value'],
    ['/capture/plus+value', '/capture/plus+value'],
    ['/capture/question%3Fvalue', '/capture/question'],
    ['/capture/hash%23value', '/capture/hash#value'],
    ['/capture/slash%2Fvalue', '/capture/slash/value'],
    ['/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C', '/capture/unicode-λ-世界'],
    ['/capture/literal%252Fvalue', '/capture/literal/value'],
    ['/capture/literal%253Fvalue', '/capture/literal?value'],
    ['/capture/literal%2525value', '/capture/literal%value'],
    ['/arn%3Aaws%3Astates%3A%3A1%3Aexecution%3Aa%3Ab', '/arn:aws:states::1:execution:a:b'],
    ['/capture/percent%25done', undefined],
    ['/capture/%E0%A4', undefined],
    ['*', undefined],
  ] as const) {
    it(`is ${path} for ${sent}`, () => {
      expect(decodePath(sent)?.path).to.equal(path);
    });
  }
});
