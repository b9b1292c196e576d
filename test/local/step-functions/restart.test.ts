import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { StatusEvent } from '../../../local/aws/step-functions/index.ts';
import { failureOf } from '../../support/failure.ts';
import { until } from '../../support/until.ts';
import { describeExecution, machine, outline, type TestOptions, task, useStepFunctions } from './test-support.ts';

const DEFINITION = machine({
  Choose: { Type: 'Choice', Choices: [{ Variable: '$.wait', IsPresent: true, Next: 'Work' }], Default: 'Done' },
  Work: task(),
  Done: { Type: 'Succeed' },
});
const arnOf = (name: string) => `arn:aws:states:ap-northeast-1:123456789012:execution:workflow:${name}`;

/** A close writes nothing of what runs: a kill -9 leaves the same, which test/integration/restart.test.ts shows. */
describe('Step Functions that was stopped in the middle and is started again', () => {
  const { open, start, run } = useStepFunctions();
  let dataDir = '';
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'step-functions-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const options = (changes: Partial<TestOptions> = {}): TestOptions => ({
    definition: DEFINITION,
    dataDir,
    invokeTask: () => new Promise(() => undefined),
    ...changes,
  });

  it('ends what was running as ABORTED, once, and says so', async () => {
    const { stack } = await start(options(), { wait: true }, 'lost');
    await until(() => stack.events.length === 1);
    const restarted = await open(options());
    expect((await describeExecution(restarted, arnOf('lost'))).status).to.equal('RUNNING');
    expect(await restarted.stepFunctions.executions.recover()).to.deep.equal([arnOf('lost')]);
    const ended = { status: 'ABORTED', error: 'LocalStack.Restarted', input: '{"wait":true}' };
    expect(await describeExecution(restarted, arnOf('lost'))).to.include(ended);
    expect(restarted.events.map(({ detail: { name, status } }) => `${name} ${status}`)).to.deep.equal(['lost ABORTED']);
    expect(outline(await restarted.history(arnOf('lost')))).to.deep.equal(['ExecutionStarted', 'ExecutionAborted']);
    expect(await restarted.stepFunctions.executions.recover()).to.deep.equal([]);
    expect(restarted.events).to.have.length(1);
  });

  it('delivers what was not delivered, in its order, and that once', async () => {
    const { stack } = await start(options({ onStatusChange: () => Promise.reject(new Error('down')) }), {}, 'done');
    await until(() => stack.stepFunctions.executions.running().length === 0);
    const restarted = await open(options());
    await restarted.stepFunctions.executions.recover();
    expect(restarted.events.map(({ detail }) => detail.status)).to.deep.equal(['RUNNING', 'SUCCEEDED']);
    const again = await open(options());
    await again.stepFunctions.executions.recover();
    expect(again.events).to.deep.equal([]);
  });

  it('tries an event again, the same, until it is taken', async () => {
    const tries: StatusEvent[] = [];
    const { stack, executionArn } = await start({
      definition: machine({ Stop: { Type: 'Fail', Error: 'E', Cause: 'C' } }),
      timeScale: 0.005,
      onStatusChange: (event) => {
        if (event.detail.status === 'RUNNING') return;
        tries.push(event);
        if (tries.length < 3) throw new Error('not now');
      },
    });
    await stack.end(executionArn);
    expect(stack.events.map(({ detail }) => detail.status)).to.deep.equal(['RUNNING', 'FAILED']);
    expect(stack.events[1]?.detail).to.include({ error: 'E', cause: 'C', redriveStatus: 'REDRIVABLE' });
    expect(new Set(tries.map(({ id }) => id)).size).to.equal(1);
  });

  it('keeps names, results, histories and state entries of what had ended', async () => {
    const { events } = await run(options(), { a: 1 });
    const restarted = await open(options());
    await restarted.stepFunctions.executions.recover();
    expect(await describeExecution(restarted, arnOf('goal-1'))).to.include({ status: 'SUCCEEDED', output: '{"a":1}' });
    expect(await restarted.history(arnOf('goal-1'))).to.deep.equal(events);
    expect(restarted.stepFunctions.executions.stateEntries(arnOf('goal-1'))).to.equal(2);
    const failure = await failureOf(start(options(), { a: 1 }, 'goal-1'));
    expect(failure).to.have.property('name', 'ExecutionAlreadyExists');
  });
});
