import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { importJWK, SignJWT } from 'jose';
import { wrongCursors } from '../../lambdas/core/test/support/wrong-cursors.ts';
import { operationsOf, readDocument } from '../contract-document.ts';
import { SEED } from '../support/seed.ts';
import { contract, send, signIn, statusPath, titles, type User, useStack } from '../support/stack/stack.ts';
import { type FuzzedRequest, type Known, requestsOf } from './fuzz-requests.ts';

interface Refusal {
  code: string;
  errors?: { path: string; message: string }[];
}

const OPENAPI = join(import.meta.dirname, '..', '..', 'docs', 'openapi.yaml');

describe('bad input', function () {
  this.timeout(300_000);
  const stack = useStack();
  const goal = { title: 'A goal', actions: [{ title: 'An action', type: 'habit' }] };

  it('a token that names no user, which the authorizer lets pass, gets 401 invalid_token in every call', async () => {
    const { url, logFile, description } = stack();
    const key = { ...JSON.parse(readFileSync(join(dirname(logFile), 'issuer-key.json'), 'utf8')), kty: 'RSA' };
    const { issuer, audience } = description.authorizer;
    const sign = async (claims: object) =>
      new SignJWT({ iss: issuer, aud: [...audience], exp: Math.ceil(Date.now() / 1000) + 60, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid })
        .sign(await importJWK(key, 'RS256'));
    expect((await send(url, 'GET', '/api/goals', { token: await sign({ sub: 'somebody' }) })).status).to.equal(200);
    // What is no token gets no further than the authorizer.
    for (const token of [undefined, 'x.y.z'])
      expect((await send(url, 'GET', '/api/goals', { token })).status).to.equal(401);
    const nobodies = [{}, { sub: '' }, { sub: ' ' }, { sub: 'x'.repeat(129) }, { sub: '\ud800' }, { sub: 'a\u0085b' }];
    for (const claims of nobodies) {
      const token = await sign(claims);
      for (const [method, path] of [
        ['GET', '/api/goals'],
        ['GET', '/api/workflows'],
        ['POST', '/api/goals/x/start-activity'],
        ['GET', statusPath('x')],
        ['POST', `/api/workflows/x/cancel`],
      ] as const) {
        const { status, body, headers } = await send<Refusal>(url, method, path, { token });
        const what = `${method} ${path} ${JSON.stringify(claims)}`;
        expect([status, body.code], what).to.deep.equal([401, 'invalid_token']);
        expect(headers.get('www-authenticate')).to.contain('Bearer');
      }
    }
  });

  it('a body that is not UTF-8 gets 400 invalid_json, as text and in Base64, and nothing is written', async () => {
    const { url } = stack();
    const user = await signIn(url, 'latin');
    const text = JSON.stringify({ ...goal, title: 'Caf\xe9' });
    const halfCharacter = Buffer.from(text.replace('\xe9', '\xed\xa0\x80'), 'latin1');
    for (const raw of [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le'), halfCharacter]) {
      for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
        const headers = { 'content-type': type };
        const { status, body } = await send<Refusal>(url, 'POST', '/api/goals', { token: user.token, headers, raw });
        expect([status, body.code], type).to.deep.equal([400, 'invalid_json']);
      }
    }
    expect((await user.listGoals()).items).to.deep.equal([]);
  });

  it('control characters of a path reach no log line as they are', async () => {
    const { url, logFile } = stack();
    const user = await signIn(url, 'controls');
    for (const character of ['%1B', '%7F', '%C2%85', '%C2%9B', '%E2%80%A8', '%E2%80%AE']) {
      expect((await user.call('GET', `/api/goals/raw${character}`)).status).to.equal(404);
    }
    const lines = readFileSync(logFile, 'utf8').split('\n');
    const logged = lines.filter((line) => line.includes('"goalId":"raw\\u'));
    expect(logged).to.have.length(6);
    for (const line of lines) expect(line).to.not.match(/[\p{Cc}\u2028-\u202e]/u);
  });

  it('a cursor gets a page from the list and the user that it was made for, and 422 from any other', async () => {
    const user = await signIn(stack().url, 'pager');
    for (let made = 0; made < 2; made += 1) await user.createGoal(titles(1));
    const nextCursor = (await user.listGoals({ limit: 1 })).nextCursor ?? '';
    expect((await user.listGoals({ limit: 1, cursor: nextCursor })).items).to.have.length(1);
    const other = await signIn(stack().url, 'another pager');
    const expectRefused = async (reader: User, list: string, cursor: string) => {
      const { status, body } = await reader.call<Refusal>('GET', `/api/${list}?cursor=${encodeURIComponent(cursor)}`);
      expect([status, body.errors?.[0]?.path]).to.deep.equal([422, '/cursor']);
    };
    await expectRefused(other, 'goals', nextCursor);
    await expectRefused(user, 'workflows', nextCursor);
    for (const cursor of wrongCursors(nextCursor, 100)) await expectRefused(user, 'goals', cursor.toWellFormed());
  });

  it(`never answers a fuzzed request with a 500, and always as documented (SEED=${SEED})`, async () => {
    const { url, logFile } = stack();
    const document = readDocument(OPENAPI);
    const user = await signIn(url, 'fuzz');
    const { goalId, actions } = await user.createGoal(titles(2, (index) => (index === 0 ? '[ai:denied]' : '')));
    const { executionArn } = (await user.start(goalId)).body;
    await user.waitForEnd(executionArn);
    const tasks = await user.listTasks(goalId);
    const empty = await user.createGoal([]);
    const cursorOf = async (list: string) =>
      (await user.call<{ nextCursor: string | null }>('GET', `/api/${list}?limit=1`)).body.nextCursor ?? '';
    const etag = (await user.call('GET', statusPath(executionArn))).headers.get('etag') ?? '';
    const known: Known = {
      goalId: [goalId, empty.goalId],
      executionArn: [executionArn, executionArn.replace(/.$/, '9')],
      actionId: [...actions.map((action) => action.actionId), 'none'],
      taskId: [...tasks.map((task) => task.taskId), 'none#p-none'],
      cursor: [await cursorOf('goals'), await cursorOf('workflows')],
      'Idempotency-Key': ['one', 'two'],
      'If-None-Match': [etag],
      Accept: ['text/csv', 'application/json'],
    };
    const { token } = user;
    const statuses = new Map<number, number>();
    const requests = fc.oneof(
      ...operationsOf(document).map((operation) => ({
        // What has most to get wrong: cursors and filters.
        weight: operation.operationId.startsWith('list') ? 2 : 1,
        arbitrary: requestsOf(document, operation, known),
      })),
    );
    const breaksContract = ({ body, bodyAt }: FuzzedRequest) => {
      if (body === undefined || bodyAt === undefined) return false;
      try {
        return contract.schemaErrors(bodyAt, JSON.parse(body)).length > 0;
      } catch {
        return true;
      }
    };
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const { method, path, headers, body: raw } = request;
        const { status } = await send(url, method, path, { token, headers, raw });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(status).to.be.below(500);
        if (breaksContract(request)) expect(status).to.be.at.least(400);
      }),
      { seed: SEED, numRuns: 250 },
    );
    for (const status of [200, 404, 422]) expect(statuses.get(status), `answers of ${status}`).to.be.above(20);
    for (const line of readFileSync(logFile, 'utf8').split('\n')) expect(line).to.not.match(/[\p{Cc}\u2028\u2029]/u);
  });

  it('has exercised every operation of docs/openapi.yaml', () => {
    const exercised = new Set(contract.exercised().map(({ operationId }) => operationId));
    const operations = operationsOf(readDocument(OPENAPI)).map(({ operationId }) => operationId);
    expect([...exercised]).to.include.members(operations);
  });
});
