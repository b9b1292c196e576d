import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import {
  describeExecution,
  machine,
  outline,
  STATE_MACHINE_ARN,
  startTestStack,
  type TestStack,
  task,
} from './test-support.ts';

const DEFINITION = machine({
  Choose: { Type: 'Choice', Choices: [{ Variable: '$.wait', IsPresent: true, Next: 'Work' }], Default: 'Done' },
  Work: task(),
  Done: { Type: 'Succeed' },
});

describe('after a kill -9', () => {
  let dataDir: string;
  let stack: TestStack | undefined;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'step-functions-'));
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    await stack?.close();
    stack = undefined;
    await rm(dataDir, { recursive: true });
  });

  /** Runs a Step Functions in a process of its own and kills it when it says that the calls were answered. */
  async function killAfter(inputs: Record<string, object>, delivers: boolean): Promise<void> {
    const running = fork(new URL('./restart-child.ts', import.meta.url), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child = running;
    let errors = '';
    running.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    running.send({ dataDir, definition: DEFINITION, inputs, delivers });
    const [message] = await Promise.race([
      once(running, 'message'),
      once(running, 'exit').then(() => Promise.reject(new Error(errors))),
    ]);
    expect(message).to.equal('started');
    running.kill('SIGKILL');
    await once(running, 'exit');
    expect(errors).to.equal('');
  }

  async function restart(): Promise<TestStack> {
    stack = await startTestStack({ definition: DEFINITION, dataDir });
    return stack;
  }

  function arn(name: string): string {
    return `arn:aws:states:ap-northeast-1:123456789012:execution:workflow:${name}`;
  }

  it('ends what was running as ABORTED, once, and says so', async () => {
    await killAfter({ lost: { wait: true } }, true);
    const restarted = await restart();
    expect((await describeExecution(restarted, arn('lost'))).status).to.equal('RUNNING');
    expect(await restarted.stepFunctions.recover()).to.deep.equal([arn('lost')]);
    expect(await describeExecution(restarted, arn('lost'))).to.include({
      status: 'ABORTED',
      error: 'LocalStack.Restarted',
      input: '{"wait":true}',
    });
    expect(restarted.events.map(({ detail }) => [detail.executionArn, detail.status, detail.error])).to.deep.equal([
      [arn('lost'), 'ABORTED', 'LocalStack.Restarted'],
    ]);
    expect(outline(await restarted.history(arn('lost')))).to.deep.equal(['ExecutionStarted', 'ExecutionAborted']);
    expect(await restarted.stepFunctions.recover()).to.deep.equal([]);
    expect(restarted.events).to.have.length(1);
  });

  it('delivers what was not delivered, in its order', async () => {
    await killAfter({ done: {}, lost: { wait: true } }, false);
    const restarted = await restart();
    await restarted.stepFunctions.recover();
    expect(restarted.events.map(({ detail }) => `${detail.name} ${detail.status}`)).to.have.members([
      'done RUNNING',
      'done SUCCEEDED',
      'lost RUNNING',
      'lost ABORTED',
    ]);
    const statuses = restarted.events.filter(({ detail }) => detail.name === 'done').map(({ detail }) => detail.status);
    expect(statuses).to.deep.equal(['RUNNING', 'SUCCEEDED']);
    await restarted.close();
    const again = await restart();
    await again.stepFunctions.recover();
    expect(again.events).to.deep.equal([]);
  });

  it('keeps names, results, histories and state entries of what had ended', async () => {
    await killAfter({ done: { a: 1 }, lost: { wait: true } }, true);
    const restarted = await restart();
    await restarted.stepFunctions.recover();
    expect(await describeExecution(restarted, arn('done'))).to.include({ status: 'SUCCEEDED', output: '{"a":1}' });
    expect(await restarted.history(arn('done'))).to.have.length(6);
    expect(restarted.stepFunctions.executions.stateEntries(arn('done'))).to.equal(2);
    for (const [name, input] of [
      ['done', { a: 1 }],
      ['lost', { wait: true }],
    ] as const) {
      const command = new StartExecutionCommand({
        stateMachineArn: STATE_MACHINE_ARN,
        name,
        input: JSON.stringify(input),
      });
      const error: unknown = await restarted.client.send(command).catch((reason) => reason);
      expect(error).to.have.property('name', 'ExecutionAlreadyExists');
    }
  });
});
