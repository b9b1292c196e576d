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
          .replace('{actionId}', GOAL_ID)
          .replace('{taskId}', encodeURIComponent(`${GOAL_ID}#1-0`)),
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

const contract = createContract(PATH);
const start = `/api/goals/${GOAL_ID}/start-activity`;

describe('contract: answers', () => {
  it('accepts every documented answer and records it', () => {
    const contract = createContract(PATH);
    for (const { method, path, status, headers, body } of allAnswers()) {
      contract.checkResponse(method, path, status, headers, body);
    }
    contract.checkResponse('GET', '/api/nowhere', 404, new Headers(JSON_HEADERS), { message: 'Not Found' });
    const documented = operations.flatMap(({ operationId, statuses }) =>
      statuses.map((status) => ({ operationId, status })),
    );
    expect(contract.exercised()).to.have.deep.members([...documented, { operationId: 'unknownRoute', status: 404 }]);
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

  const problem = { type: 'about:blank', title: 'x', status: 404, detail: 'x' };
  const unauthorized = { message: 'Unauthorized' };
  const bearer = { 'www-authenticate': 'Bearer' };
  const goals = '/api/goals';
  const tasks = `/api/goals/${GOAL_ID}/tasks`;

  function rejects(what: string, message: string | RegExp, ...answer: Parameters<typeof contract.checkResponse>): void {
    it(`rejects ${what}`, () => {
      expect(() => contract.checkResponse(...answer)).to.throw(ContractError, message);
    });
  }

  const statuses = /^GET \/api\/goals -> 418 \(listGoals\)\n.* only 200, 400, 401, 422, 429, 500, 503; .*teapot/;
  rejects('an undocumented status', statuses, 'GET', goals, 418, JSON_HEADERS, { message: 'teapot' });
  const line = '\n  body /tasks/0/taskId must NOT have fewer than 1 characters {"limit":1} but is ""';
  rejects('a wrong body, line by line', line, 'GET', tasks, 200, JSON_HEADERS, { tasks: [{ taskId: '' }] });
  const text = { ...bearer, 'content-type': 'text/json' };
  rejects('another content type', 'content type text/json', 'GET', goals, 401, text, unauthorized);
  rejects('no content type', '(none)', 'GET', goals, 401, bearer, unauthorized);
  rejects('a missing header', 'header WWW-Authenticate is', 'GET', goals, 401, JSON_HEADERS, unauthorized);
  const basic = { ...JSON_HEADERS, 'www-authenticate': 'Basic' };
  rejects('a wrong header', 'header WWW-Authenticate: ', 'GET', goals, 401, basic, unauthorized);
  rejects('an empty body', 'no body', 'GET', goals, 200, JSON_HEADERS, undefined);
  const ofAnother = { ...problem, code: 'execution_not_found' };
  rejects('a problem of another call', '/code', 'GET', `/api/goals/${GOAL_ID}`, 404, PROBLEM_HEADERS, ofAnother);
  for (const startDate of ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000+09:00', '2026-02-31T09:30:00.000Z']) {
    const started = { executionArn: ARN, goalId: GOAL_ID, status: 'RUNNING', startDate };
    rejects(`the time ${startDate}`, '/startDate', 'POST', start, 202, JSON_HEADERS, started);
  }
  const nonsense = '/api/goals/nonsense/tasks';
  const none = { tasks: [] };
  rejects('a success for a parameter of another form', 'path {goalId}', 'GET', nonsense, 200, JSON_HEADERS, none);
  rejects('a success of an unknown method', 'unknownRoute', 'DELETE', goals, 200, JSON_HEADERS, {});

  it('ignores the query, tells a goal from its tasks, and takes an error for a path parameter of any form', () => {
    const contract = createContract(PATH);
    contract.checkResponse('GET', '/api/goals?limit=5', 200, JSON_HEADERS, { items: [], nextCursor: null });
    contract.checkResponse('GET', tasks, 200, { ...JSON_HEADERS, vary: 'Accept' }, { tasks: [] });
    const notFound = { ...problem, code: 'goal_not_found' };
    contract.checkResponse('GET', nonsense, 404, PROBLEM_HEADERS, notFound);
    contract.checkResponse('DELETE', '/api/goals', 404, JSON_HEADERS, { message: 'Not Found' });
    expect(contract.exercised()).to.have.deep.members([
      { operationId: 'listGoals', status: 200 },
      { operationId: 'listTasks', status: 200 },
      { operationId: 'listTasks', status: 404 },
      { operationId: 'unknownRoute', status: 404 },
    ]);
  });
});
