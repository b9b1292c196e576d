import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { type Called, callHandler, httpAnswer, httpEvent } from '../../lambdas/core/test/call-handler.ts';
import { FUNCTIONS, type LambdaName } from '../../modules/function-table.ts';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const ids = { executionArn, goalId: 'g' };
const action = { ...ids, actionId: 'a', position: 0, batchStartedAt: new Date().toISOString() };
const tasks = [{ title: 'Jog', description: 'Slowly.', type: 'habit', estimatedMinutes: 30 }];
const failure = { Error: 'TransientError', Cause: '' };
const of = (routeKey: string) => httpEvent(routeKey, 'user-1', { pathParameters: ids });
const removed = {
  eventName: 'REMOVE',
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  dynamodb: {
    SequenceNumber: '1',
    Keys: { executionArn: { S: executionArn }, sk: { S: 'EXECUTION' } },
    OldImage: {
      executionArn: { S: executionArn },
      goalId: { S: 'g' },
      name: { S: 'g-1' },
      startedAt: { S: '2026-02-03T04:05:06.000Z' },
    },
  },
};

/** Of each function, an event that makes it call a service. */
const EVENTS: Readonly<Record<LambdaName, unknown>> = {
  'start-workflow': of('POST /api/goals/{goalId}/start-activity'),
  'retry-workflow': of('POST /api/workflows/{executionArn}/retry'),
  'get-status': of('GET /api/workflows/{executionArn}/status'),
  'cancel-workflow': of('POST /api/workflows/{executionArn}/cancel'),
  'get-history': of('GET /api/workflows/{executionArn}/history'),
  'list-workflows': of('GET /api/workflows'),
  goals: of('GET /api/goals/{goalId}'),
  'validate-input': { ...ids, userId: 'user-1', actionIds: ['a'] },
  'get-actions': { ...ids, actionIds: ['a'] },
  'create-batches': { ...ids, actions: [{ actionId: 'a', position: 0 }] },
  'generate-tasks': action,
  'save-tasks': { ...action, tasks, usage: { inputTokens: 1, outputTokens: 1 } },
  'update-progress': { executionArn, failure: { actionId: 'a', position: 0, error: failure } },
  'aggregate-results': { ...ids, results: [] },
  'update-goal-status': { ...ids, status: 'SUCCEEDED', savedActions: 1, failedActions: 0, taskCount: 1 },
  'handle-error': { executionArn, error: failure },
  'reconcile-executions': {},
  'archive-executions': { Records: [removed] },
};

/** What a function has left of its time. */
const LIMIT_MS = 2_000;
const BATCH = { BATCH_TIMEOUT_MS: '300000' };
/** So many processes at a time. */
const LANES = 3;

describe('a function whose services take connections and answer nothing', function () {
  this.timeout(120_000);
  let server: Server;
  const called = new Map<string, Called>();

  before(async () => {
    server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    const url = `http://127.0.0.1:${address.port}`;
    const waiting = Object.keys(FUNCTIONS).filter((name): name is LambdaName => name in EVENTS);
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let lambda = waiting.pop(); lambda !== undefined; lambda = waiting.pop())
          called.set(lambda, await callHandler(lambda, EVENTS[lambda], { AWS_ENDPOINT_URL: url, ...BATCH }, LIMIT_MS));
      }),
    );
  });
  after(() => void server.close());

  for (const lambda of Object.keys(EVENTS)) {
    it(`says so before its time is over: ${lambda}`, () => {
      const { answer, error, lines = [] } = called.get(lambda) ?? {};
      const last = lines.at(-1);
      expect(last?.durationMs, String(last?.errorMessage)).to.be.within(LIMIT_MS / 2, LIMIT_MS);
      if (lambda === 'archive-executions')
        expect(answer).to.deep.equal({ batchItemFailures: [{ itemIdentifier: '1' }] });
      else if (error === undefined) expect(httpAnswer({ answer }).status).to.equal(503);
      else expect(error.name).to.equal('TransientError');
    });
  }
});
