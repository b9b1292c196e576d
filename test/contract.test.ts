import { join } from 'node:path';
import { expect } from 'chai';
import { ContractError, createContract } from './contract.ts';
import { isObject, locate, namesAt, operationsOf, readDocument } from './contract-document.ts';

const PATH = join(import.meta.dirname, '..', 'docs', 'openapi.yaml');
const document = readDocument(PATH);
const operations = operationsOf(document);
const GOAL_ID = '0b6f8f5e-6a5c-4d3e-9b1a-2f4c7d8e9a10';
const ARN = `arn:aws:states:ap-northeast-1:123456789012:execution:goal-activity-dev:${GOAL_ID}-1`;
const JSON_HEADERS = { 'content-type': 'application/json' };
const PROBLEM_HEADERS = { 'content-type': 'application/problem+json' };

/** Every documented answer: a request path that fits, the headers and the bodies of its examples. */
function allAnswers() {
  return operations.flatMap((operation) =>
    operation.statuses.flatMap((status) => {
      const response = locate(document, [...operation.at, 'responses', String(status)]);
      const contentAt = [...response.at, 'content'];
      const described = namesAt(document, [...response.at, 'headers']).map((name) => [
        name,
        String(locate(document, [...response.at, 'headers', name]).value.example),
      ]);
      const answer = {
        method: operation.method,
        path: operation.template
          .replace('{goalId}', GOAL_ID)
          .replace('{executionArn}', encodeURIComponent(ARN))
          .replace('{actionId}', GOAL_ID),
        operationId: operation.operationId,
        status,
      };
      const types = namesAt(document, contentAt);
      if (types.length === 0) return [{ ...answer, headers: Object.fromEntries(described), body: undefined }];
      return types.flatMap((type) =>
        namesAt(document, [...contentAt, type, 'examples']).map((example) => ({
          ...answer,
          headers: { ...Object.fromEntries(described), 'content-type': `${type}; charset=utf-8` },
          body: locate(document, [...contentAt, type, 'examples', example]).value.value,
        })),
      );
    }),
  );
}

describe('contract: answers', () => {
  it('accepts every documented answer and records it', () => {
    const contract = createContract(PATH);
    for (const { method, path, status, headers, body } of allAnswers()) {
      contract.checkResponse(method.toLowerCase(), path, status, headers, body);
    }
    contract.checkResponse('GET', '/api/nowhere', 404, new Headers(JSON_HEADERS), { message: 'Not Found' });
    expect(contract.exercised()).to.have.deep.members(contract.documented());
  });

  it('rejects every documented answer once a required property is gone or one is added', () => {
    const contract = createContract(PATH);
    for (const { method, path, operationId, status, headers, body } of allAnswers()) {
      const whole = isObject(body) ? body : {};
      for (const name of Object.keys(whole)) {
        const rest = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name));
        const where = `${operationId} ${status} without ${name}`;
        expect(() => contract.checkResponse(method, path, status, headers, rest), where).to.throw(ContractError, name);
      }
      expect(() => contract.checkResponse(method, path, status, headers, { ...whole, extra: 1 })).to.throw(
        ContractError,
        body === undefined ? 'none is documented' : 'extra',
      );
    }
    expect(contract.exercised()).to.deep.equal([]);
  });

  it('ignores the query, and tells a goal from its tasks', () => {
    const contract = createContract(PATH);
    contract.checkResponse('GET', '/api/goals?limit=5', 200, JSON_HEADERS, { items: [], nextCursor: null });
    contract.checkResponse('GET', `/api/goals/${GOAL_ID}/tasks`, 200, JSON_HEADERS, { tasks: [] });
    expect(contract.exercised()).to.deep.equal([
      { operationId: 'listGoals', status: 200 },
      { operationId: 'listTasks', status: 200 },
    ]);
  });

  /** The message of the ContractError that the check throws. */
  function rejection(...answer: Parameters<ReturnType<typeof createContract>['checkResponse']>): string {
    try {
      createContract(PATH).checkResponse(...answer);
    } catch (error) {
      if (error instanceof ContractError) return error.message;
      throw error;
    }
    throw new Error('the answer was accepted');
  }

  it('says which statuses are documented, and shows the body of another', () => {
    const message = rejection('GET', '/api/goals', 418, JSON_HEADERS, { message: 'teapot' });
    expect(message).to.contain('GET /api/goals -> 418 (listGoals)');
    expect(message).to.contain('only 200, 400, 401, 422, 429, 500, 503');
    expect(message).to.contain('teapot');
  });

  it('names the place, the rule and the value of everything that is wrong', () => {
    const body = { tasks: [{ taskId: '', estimatedMinutes: 1.5 }] };
    const lines = rejection('GET', `/api/goals/${GOAL_ID}/tasks`, 200, JSON_HEADERS, body).split('\n');
    expect(lines).to.include('  body /tasks/0/taskId must NOT have fewer than 1 characters [] but is ""');
    expect(lines).to.include('  body /tasks/0/estimatedMinutes must be integer [integer] but is 1.5');
    expect(lines.join('\n')).to.contain("must have required property 'title'");
  });

  it('rejects a content type other than the documented one, even with a right body', () => {
    const body = { message: 'Unauthorized' };
    const headers = { 'content-type': 'text/json', 'WWW-Authenticate': 'Bearer' };
    expect(rejection('GET', '/api/goals', 401, headers, body)).to.contain('content type text/json');
    expect(rejection('GET', '/api/goals', 401, { 'www-authenticate': 'Bearer' }, body)).to.contain('(none)');
  });

  it('rejects an answer without a required header, or with a wrong one', () => {
    const body = { message: 'Unauthorized' };
    expect(rejection('GET', '/api/goals', 401, JSON_HEADERS, body)).to.contain('header WWW-Authenticate is missing');
    const basic = { ...JSON_HEADERS, 'WWW-Authenticate': 'Basic' };
    expect(rejection('GET', '/api/goals', 401, basic, body)).to.contain('header WWW-Authenticate');
  });

  it('rejects an empty body where one is documented', () => {
    expect(rejection('GET', '/api/goals', 200, JSON_HEADERS, undefined)).to.contain('no body');
  });

  it('rejects a problem whose code belongs to another status of the call', () => {
    const problem = { type: 'about:blank', title: 'x', status: 404, detail: 'x', code: 'execution_not_found' };
    expect(rejection('GET', `/api/goals/${GOAL_ID}`, 404, PROBLEM_HEADERS, problem)).to.contain('/code');
  });

  it('rejects dates without milliseconds, or not in UTC', () => {
    const answer = { executionArn: ARN, goalId: GOAL_ID, status: 'RUNNING' };
    const path = `/api/goals/${GOAL_ID}/start-activity`;
    for (const startDate of ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000+09:00', '2026-02-31T09:30:00.000Z']) {
      expect(rejection('POST', path, 202, JSON_HEADERS, { ...answer, startDate })).to.contain('/startDate');
    }
  });

  it('rejects a success for a path parameter of another form, but not an error', () => {
    const tasks = { tasks: [] };
    expect(rejection('GET', '/api/goals/nonsense/tasks', 200, JSON_HEADERS, tasks)).to.contain('path {goalId}');
    const problem = { type: 'about:blank', title: 'x', status: 404, detail: 'x', code: 'goal_not_found' };
    createContract(PATH).checkResponse('GET', '/api/goals/nonsense/tasks', 404, PROBLEM_HEADERS, problem);
  });

  it('knows no operation for another method, and takes only the 404 of the gateway there', () => {
    const contract = createContract(PATH);
    contract.checkResponse('DELETE', '/api/goals', 404, JSON_HEADERS, { message: 'Not Found' });
    expect(contract.exercised()).to.deep.equal([{ operationId: 'unknownRoute', status: 404 }]);
    expect(rejection('DELETE', '/api/goals', 200, JSON_HEADERS, {})).to.contain('unknownRoute');
    expect(rejection('GET', '/api/goals/', 200, JSON_HEADERS, {})).to.contain('unknownRoute');
  });
});

describe('contract: requests', () => {
  const contract = createContract(PATH);
  const action = { title: 'Run', description: '', type: 'habit' };
  const goal = { title: 'A goal', description: '', deadline: null, actions: [action] };
  const create = (change: object) => () => contract.checkRequest('POST', '/api/goals', { ...goal, ...change });

  it('takes goals at the limits', () => {
    create({})();
    create({ actions: [] })();
    create({ actions: Array.from({ length: 64 }, () => action) })();
    create({ title: 'あ'.repeat(200), description: '𠮷'.repeat(2000), deadline: '2028-02-29' })();
    create({ actions: [{ ...action, subGoal: 'x'.repeat(200) }] })();
  });

  const wrong: [string, object][] = [
    ['a title of spaces', { title: ' \u3000\t' }],
    ['an empty title', { title: '' }],
    ['a title of 201 characters', { title: 'あ'.repeat(201) }],
    ['a title of 10,000 characters', { title: 'x'.repeat(10_000) }],
    ['a description of 2,001 characters', { description: 'x'.repeat(2001) }],
    ['a day that does not exist', { deadline: '2027-02-29' }],
    ['a deadline with a time', { deadline: '2027-02-28T00:00:00.000Z' }],
    ['65 actions', { actions: Array.from({ length: 65 }, () => action) }],
    ['an action of another type', { actions: [{ ...action, type: 'wish' }] }],
    ['an action with an empty sub-goal', { actions: [{ ...action, subGoal: '' }] }],
    ['a title with a line end', { title: 'one\ntwo' }],
    ['a description that turns the text around', { description: '\u202egoal' }],
    ['a property that is not known', { owner: 'somebody' }],
  ];
  for (const [what, change] of wrong) {
    it(`rejects ${what}`, () => {
      expect(create(change)).to.throw(ContractError);
    });
  }

  it('takes a goal without description and deadline, but not without title, actions, or an action without type', () => {
    const least = { title: 'A goal', actions: [{ title: 'Run', type: 'habit' }] };
    contract.checkRequest('POST', '/api/goals', least);
    for (const body of [{ title: 'A goal' }, { actions: [] }, { title: 'A goal', actions: [{ title: 'Run' }] }]) {
      expect(() => contract.checkRequest('POST', '/api/goals', body)).to.throw(ContractError, 'must have required');
    }
  });

  it('takes a cancel without a body, with an empty one, and with a reason of 1 to 500 characters', () => {
    const path = `/api/workflows/${encodeURIComponent(ARN)}/cancel`;
    for (const body of [undefined, {}, { reason: 'x' }, { reason: 'x'.repeat(500) }]) {
      contract.checkRequest('POST', path, body);
    }
    for (const body of [{ reason: '' }, { reason: ' ' }, { reason: 'x'.repeat(501) }, { because: 'x' }, 'text']) {
      expect(() => contract.checkRequest('POST', path, body)).to.throw(ContractError);
    }
  });

  it('rejects a body where none is documented, a missing one, and an unknown call', () => {
    const start = `/api/goals/${GOAL_ID}/start-activity`;
    contract.checkRequest('POST', start, undefined);
    expect(() => contract.checkRequest('POST', start, {})).to.throw(ContractError, 'none is documented');
    expect(() => contract.checkRequest('POST', '/api/goals', undefined)).to.throw(ContractError, 'no body');
    expect(() => contract.checkRequest('PUT', '/api/goals', goal)).to.throw(ContractError, 'no such operation');
  });
});
