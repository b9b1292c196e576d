import { json } from 'node:stream/consumers';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { usageOf } from '@goal-activity/core/execution/cost.ts';
import { readProgress } from '@goal-activity/core/execution/progress.ts';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import type { GivenExecution } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { noteFailedAttemptRequest } from '../src/failed-attempt.ts';
import { answering, useModel } from './model-server.ts';

const task = { title: 'Jog 3 km', description: 'Slowly.', type: 'habit', estimatedMinutes: 30 };

describe('generate-tasks', () => {
  const { db, executions, givenExecution } = useTables();
  const model = useModel();
  /** Answers with this input of the tool, once something has happened. @returns the paths of the calls, as they come */
  function serve(input: unknown, answerable: () => Promise<unknown> = async () => undefined): unknown[] {
    const paths: unknown[] = [];
    model.serve = async (request, response) => {
      paths.push(request.url);
      await answerable();
      answering(input)(request, response);
    };
    return paths;
  }

  async function call(
    position: number,
    variables: Record<string, string> = {},
    execution?: GivenExecution,
    changes: { readonly retryCount?: number } = {},
  ) {
    const { executionArn, goalId, actions } = execution ?? (await givenExecution({ actionCount: 2 }));
    const action = actions[position];
    if (action === undefined) throw new Error('no action');
    const event = {
      executionArn,
      goalId,
      actionId: action.actionId,
      position,
      batchStartedAt: new Date(Date.now() - 10_000).toISOString(),
      ...changes,
    };
    const called = await callHandler('generate-tasks', event, {
      ...(await databaseVariables(db)),
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
      MODEL_ID: 'model-1',
      AI_TIMEOUT_MS: '5000',
      BATCH_TIMEOUT_MS: '60000',
      ...variables,
    });
    return { event, ...called };
  }

  it('asks the model for the tasks of the action, and logs what the call took', async () => {
    const paths = serve({ tasks: [task] });
    const { event, answer, lines } = await call(1);
    expect(answer).to.deep.include({ ...event, tasks: [task] });
    expect(answer).to.nested.include({ 'usage.inputTokens': 10, 'usage.outputTokens': 20 });
    expect(paths).to.deep.equal(['/model/model-1/converse']);
    const { executionArn, goalId, actionId } = event;
    const answered = lines.find(({ message }) => message === 'AI answered');
    const tokens = { inputTokens: 10, outputTokens: 20 };
    expect(answered).to.include({ executionArn, goalId, actionId, modelId: 'model-1', ...tokens });
    expect(answered?.durationMs).to.be.a('number');
  });

  it('tells Bedrock what the call is for, and logs which attempt at which action it is', async () => {
    let sent: { requestMetadata?: object } = {};
    model.serve = async (request, response) => {
      sent = Object(await json(request));
      answering({ tasks: [task] })(request, response);
    };
    const { event, answer, lines } = await call(1, {}, undefined, { retryCount: 1 });
    const { executionArn, actionId } = event;
    expect(sent.requestMetadata).to.deep.equal({ executionArn, actionId });
    expect(answer).not.to.have.property('retryCount');
    for (const line of lines) expect(line).to.include({ executionArn, position: 1, attempt: 2 });
  });

  it('refuses an answer that breaks the schema, warns of it, and notes what was paid for it', async () => {
    serve({ tasks: 'none' });
    const { event, error, lines } = await call(0);
    expect(error?.name).to.equal('TransientError');
    const [attempt, ...more] = Object.values((await executions.outcome(event.executionArn, 0))?.failedAttempts ?? {});
    expect(attempt).to.nested.include({ 'usage.inputTokens': 10, 'usage.outputTokens': 20 });
    expect(more).to.deep.equal([]);
    expect(lines.find(({ level }) => level === 'warn')?.invalidPaths).to.be.an('array');
  });

  it('fails as the AI made it fail when that cannot be noted, and logs why', async () => {
    serve({ tasks: 'none' });
    const { event, error, lines } = await call(0, { EXECUTIONS_TABLE: 'unknown-table' });
    expect(error?.name).to.equal('TransientError');
    const { executionArn, goalId, actionId } = event;
    const warned = lines.find(({ message }) => message === 'the failed attempt could not be noted');
    expect(warned).to.include({ executionArn, goalId, actionId, errorName: 'ResourceNotFoundException' });
  });

  it('keeps the record of the execution from growing old while the AI thinks', async () => {
    const execution = await givenExecution({ actionCount: 2, saved: [0] });
    let record: ExecutionRow | undefined;
    let isAsked = true;
    serve({ tasks: [task] }, async () => {
      while (isAsked && record?.progressAt === undefined) record = await executions.get(execution.executionArn);
    });
    try {
      const { answer } = await call(1, { PROGRESS_GRACE_MS: '10' }, execution);
      expect(answer).to.deep.include({ position: 1, tasks: [task] });
      expect(record).to.include({ processedActions: 1, progressPercentage: 50 });
    } finally {
      isAsked = false;
    }
  });

  const now = new Date('2026-11-24T00:00:10.000Z');
  const at = now.toISOString();
  const usage = { inputTokens: 10, outputTokens: 20, latencyMs: 30 };
  const note = (executionArn: string, position: number, attemptId: string, paid?: typeof usage) =>
    db.client.send(
      new UpdateCommand(
        noteFailedAttemptRequest(db, { executionArn, position }, attemptId, paid ? { usage: paid } : {}, now),
      ),
    );

  it('keeps each failed attempt once, however often it is sent, with what was paid', async () => {
    const { executionArn } = await givenExecution({ actionCount: 2 });
    const one = () => note(executionArn, 1, 'one', usage);
    await Promise.all([one(), one(), note(executionArn, 1, 'two')]);
    await one();
    const outcomes = await executions.outcomes(executionArn);
    expect(outcomes[1]).to.deep.include({ outcome: 'PENDING', failedAttempts: { one: { at, usage }, two: { at } } });
    const progress = await readProgress(executions, executionArn);
    for (const rows of [outcomes, progress.outcomes])
      expect(usageOf(rows)).to.deep.equal({ aiCalls: 2, inputTokens: 10, outputTokens: 20 });
  });

  it('adds to the cost of an action that was saved or cancelled meanwhile, changes nothing else, and makes no row', async () => {
    const { executionArn } = await givenExecution({ actionCount: 2, saved: [0] });
    await executions.endOutcome(executionArn, 1, { outcome: 'CANCELLED' });
    for (const position of [0, 1]) {
      const before = await executions.outcome(executionArn, position);
      await note(executionArn, position, 'one', usage);
      const after = await executions.outcome(executionArn, position);
      expect(after).to.deep.equal({ ...before, failedAttempts: { one: { at, usage } } });
    }
    await failureOf(note(executionArn, 7, 'one', usage));
    expect(await executions.outcome(executionArn, 7)).to.equal(undefined);
  });
});
