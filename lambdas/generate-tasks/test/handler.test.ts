import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { type GivenExecution, givenExecution } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

const task = { title: 'Jog 3 km', description: 'Slowly.', type: 'habit', estimatedMinutes: 30 };

describe('the handler of generate-tasks', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  /** Answers Converse with what the test wants. */
  let server: Server;
  let paths: string[] = [];
  let input: object = { tasks: [task] };
  /** What must have happened before the AI answers. */
  let answerable: () => Promise<unknown> = async () => undefined;
  before(async () => {
    server = createServer(async (request, response) => {
      paths.push(String(request.url));
      await answerable();
      const content = [{ toolUse: { toolUseId: 't', name: 'save_tasks', input } }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          output: { message: { role: 'assistant', content } },
          stopReason: 'tool_use',
          usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30 },
          metrics: { latencyMs: 1 },
        }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.close();
    await once(server, 'close');
  });

  async function call(position: number, variables: Record<string, string> = {}, execution?: GivenExecution) {
    const { executionArn, goalId, actions } = execution ?? (await givenExecution(db, { actionCount: 2 }));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    const action = actions[position];
    if (action === undefined) throw new Error('no action');
    const event = {
      executionArn,
      goalId,
      actionId: action.actionId,
      position,
      batchStartedAt: new Date(Date.now() - 10_000).toISOString(),
    };
    paths = [];
    const called = await callHandler('generate-tasks', event, {
      ...(await databaseVariables(db)),
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `http://127.0.0.1:${address.port}`,
      MODEL_ID: 'model-1',
      AI_TIMEOUT_MS: '5000',
      BATCH_TIMEOUT_MS: '60000',
      ...variables,
    });
    return { event, ...called };
  }

  it('asks the model for the tasks of the action, and logs what the call took', async () => {
    input = { tasks: [task] };
    const { event, answer, lines } = await call(1);
    expect(answer).to.deep.include({ ...event, tasks: [task] });
    expect(answer).to.nested.include({ 'usage.inputTokens': 10, 'usage.outputTokens': 20 });
    expect(paths).to.deep.equal(['/model/model-1/converse']);
    const { executionArn, goalId, actionId } = event;
    const answered = lines.find(({ message }) => message === 'AI answered');
    expect(answered).to.include({
      executionArn,
      goalId,
      actionId,
      modelId: 'model-1',
      inputTokens: 10,
      outputTokens: 20,
    });
    expect(answered?.durationMs).to.be.a('number');
  });

  it('refuses an answer that breaks the schema, warns of it, and notes what was paid for it', async () => {
    input = { tasks: 'none' };
    const { event, error, lines } = await call(0);
    expect(error?.name).to.equal('TransientError');
    const [attempt, ...more] = Object.values((await executions.outcome(event.executionArn, 0))?.failedAttempts ?? {});
    expect(attempt).to.nested.include({ 'usage.inputTokens': 10, 'usage.outputTokens': 20 });
    expect(more).to.deep.equal([]);
    expect(lines.find(({ level }) => level === 'warn')?.invalidPaths).to.be.an('array');
  });

  it('fails as the AI made it fail when that cannot be noted, and logs why', async () => {
    input = { tasks: 'none' };
    const { event, error, lines } = await call(0, { EXECUTIONS_TABLE: 'unknown-table' });
    expect(error?.name).to.equal('TransientError');
    const { executionArn, goalId, actionId } = event;
    const warned = lines.find(({ message }) => message === 'the failed attempt could not be noted');
    expect(warned).to.include({ executionArn, goalId, actionId, errorName: 'ResourceNotFoundException' });
  });

  it('keeps the record of the execution from growing old while the AI thinks', async () => {
    input = { tasks: [task] };
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    let record: ExecutionRow | undefined;
    let isAsked = true;
    answerable = async () => {
      while (isAsked && record?.progressAt === undefined) record = await executions.get(execution.executionArn);
    };
    try {
      const { answer } = await call(1, { PROGRESS_GRACE_MS: '10' }, execution);
      expect(answer).to.deep.include({ position: 1, tasks: [task] });
      expect(record).to.include({ processedActions: 1, progressPercentage: 50 });
    } finally {
      isAsked = false;
      answerable = async () => undefined;
    }
  });

  it('asks nothing once the time of the batch is over', async () => {
    const { error } = await call(0, { BATCH_TIMEOUT_MS: '10000' });
    expect(error?.name).to.equal('BatchTimeout');
    expect(paths).to.deep.equal([]);
  });
});
