import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { useAwsServer } from '../../lambdas/core/test/support/aws-server.ts';
import {
  type Called,
  callHandler,
  databaseVariables,
  httpAnswer,
  httpEvent,
} from '../../lambdas/core/test/support/call-handler.ts';
import { LAMBDAS, type LambdaName } from '../../modules/workflow/function-table.ts';
import { useDatabase } from '../support/stack/database.ts';
import { executionsOf } from '../support/stack/executions.ts';
import { FaultPlan, startFaultProxy } from '../support/stack/fault-proxy.ts';
import { type GivenExecution, givenExecution, STATE_MACHINE_ARN } from '../support/stack/goal.ts';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const ids = { executionArn, goalId: 'g' };
const action = { ...ids, actionId: 'a', position: 0, batchStartedAt: new Date().toISOString() };
const tasks = [{ title: 'Jog', description: 'Slowly.', type: 'habit', estimatedMinutes: 30 }];
const failure = { Error: 'TransientError', Cause: '' };
const of = (routeKey: string) => httpEvent(routeKey, 'user-1', { pathParameters: ids });

/** Of each function, an event that makes it call a service; undefined for one that calls none. */
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
  'archive-executions': {},
};

const CALLING = LAMBDAS.filter((lambda) => EVENTS[lambda] !== undefined);

/** What a function has left of its time: less than any limit of a client, so that its deadline comes first. */
const LIMIT_MS = 1_000;
/** What it says of a call that its deadline ended, on a machine that is however busy: a client's own limit reads otherwise. */
const AT_THE_DEADLINE = /Request aborted/;
/** The batch began when this file was loaded, which may be long ago. */
const BATCH = { BATCH_TIMEOUT_MS: '86400000' };
/** So many processes at a time. */
const LANES = 3;

describe('a function whose services take connections and answer nothing', function () {
  this.timeout(300_000);
  let server: Server;
  const called = new Map<string, Called>();

  before(async () => {
    server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${Object(server.address()).port}`;
    const waiting = [...CALLING];
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let lambda = waiting.pop(); lambda !== undefined; lambda = waiting.pop())
          called.set(lambda, await callHandler(lambda, EVENTS[lambda], { AWS_ENDPOINT_URL: url, ...BATCH }, LIMIT_MS));
      }),
    );
  });
  after(() => void server.close());

  for (const lambda of CALLING) {
    it(`says so before its time is over: ${lambda}`, () => {
      const { answer, error, lines = [] } = called.get(lambda) ?? {};
      expect(lines.at(-1)?.errorMessage).to.match(AT_THE_DEADLINE);
      if (error === undefined) expect(httpAnswer({ answer }).status).to.equal(503);
      else expect(error.name).to.equal('TransientError');
    });
  }
});

/** Functions that make many calls one after the other. */
const LONGEST = ['update-goal-status', 'handle-error', 'cancel-workflow'] as const;
/** The event of a function, about another execution. */
const eventAbout = (lambda: LambdaName, execution: GivenExecution): unknown =>
  JSON.parse(
    JSON.stringify(EVENTS[lambda])
      .replaceAll(ids.executionArn, execution.executionArn)
      .replaceAll('"goalId":"g"', `"goalId":"${execution.goalId}"`),
  );

describe('a function whose calls add up to more than its time, since each is slow', function () {
  this.timeout(300_000);
  const db = useDatabase();
  const stepFunctions = useAwsServer({ StopExecution: () => ({}) });
  const plan = new FaultPlan(450, () => {
    throw new Error('nobody is killed here');
  });
  /** The way to the database, which may take long. */
  let proxy: Awaited<ReturnType<typeof startFaultProxy>>;
  before(async () => {
    const { AWS_ENDPOINT_URL_DYNAMODB: target } = await databaseVariables(db);
    proxy = await startFaultProxy('dynamodb', target, 'all', plan);
  });
  after(() => proxy.close());

  for (const lambda of LONGEST) {
    it(`ends before its time is over, and what it has left is done by the next call: ${lambda}`, async () => {
      const execution = await givenExecution(db, { actionCount: 2, userId: 'user-1', saved: [0] });
      const event = eventAbout(lambda, execution);
      const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: proxy.url, AWS_ENDPOINT_URL_SFN: stepFunctions().url };
      const variables = { ...(await databaseVariables(db)), ...endpoints, STATE_MACHINE_ARN };
      plan.arm(() => 'slow');
      const cut = await callHandler(lambda, event, variables, 2 * LIMIT_MS);
      expect(cut.lines.at(-1)?.errorMessage).to.match(AT_THE_DEADLINE);
      if (cut.error === undefined) expect(httpAnswer(cut).status).to.equal(503);
      else expect(cut.error.name).to.equal('TransientError');
      plan.arm();
      const { error, answer } = await callHandler(lambda, event, variables);
      expect(error).to.equal(undefined);
      expect(JSON.stringify(answer)).not.to.contain('"statusCode":5');
      expect((await executionsOf(db).get(execution.executionArn))?.status).not.to.equal('RUNNING');
    });
  }
});
