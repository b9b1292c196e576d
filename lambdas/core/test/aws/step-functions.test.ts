import { SFNClient } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { executionArnFor } from '../../src/aws/execution-arn.ts';
import { createWorkflow } from '../../src/aws/step-functions.ts';

const STATE_MACHINE_ARN = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:machine:live';
const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:machine:g-1';

/** The workflow on a client that answers, or fails, as the test wants; and the calls that it gets. */
function given(answer: object | Error) {
  const calls: { command: string; input: unknown }[] = [];
  const send = async (command: { input: unknown }) => {
    calls.push({ command: command.constructor.name, input: command.input });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = Object.assign(new SFNClient({ region: 'x' }), { send });
  return { workflow: createWorkflow(STATE_MACHINE_ARN, client), calls };
}
const named = (name: string) => Object.assign(new Error('no'), { name });
const THROTTLED = named('ThrottlingException');
const DENIED = named('AccessDeniedException');

describe('the ARN of an execution', () => {
  it('is that of its state machine without the alias', () => {
    expect(executionArnFor(STATE_MACHINE_ARN, 'g-1')).to.equal(executionArn);
    expect(given({}).workflow.executionArnOf('g-1')).to.equal(executionArn);
  });
});

describe('start', () => {
  const start = (answer: object | Error) => given(answer).workflow.start('g-1', { goalId: 'g' });

  it('starts through the alias, under the name, with the input as JSON', async () => {
    const { workflow, calls } = given({ executionArn });
    expect(await workflow.start('g-1', { goalId: 'g' })).to.equal('started');
    const input = { stateMachineArn: STATE_MACHINE_ARN, name: 'g-1', input: '{"goalId":"g"}' };
    expect(calls).to.deep.equal([{ command: 'StartExecutionCommand', input }]);
  });

  it('says when the name is taken, and tells what may pass from what will not', async () => {
    expect(await start(named('ExecutionAlreadyExists'))).to.equal('exists');
    expect((await failureOf(start(THROTTLED))).name).to.equal('TransientError');
    expect((await failureOf(start(DENIED))).name).to.equal('PermanentError');
  });
});

describe('describe', () => {
  const ask = (answer: object | Error) => given(answer).workflow.describe(executionArn);

  it('gives status, error, cause, input and start, as far as there are any', async () => {
    const startDate = new Date();
    const { workflow, calls } = given({
      status: 'FAILED',
      error: 'E',
      cause: 'c',
      input: '{}',
      startDate,
      output: 'o',
    });
    expect(await workflow.describe(executionArn)).to.deep.equal({
      status: 'FAILED',
      error: 'E',
      cause: 'c',
      input: '{}',
      startedAt: startDate,
    });
    expect(calls).to.deep.equal([{ command: 'DescribeExecutionCommand', input: { executionArn } }]);
    expect(await ask({ status: 'SUCCEEDED' })).to.include({ status: 'SUCCEEDED', error: undefined, input: undefined });
    expect(await ask({})).to.include({ status: 'RUNNING' });
  });

  it('is undefined for an execution that there is not, and fails for all else', async () => {
    expect(await ask(named('ExecutionDoesNotExist'))).to.equal(undefined);
    expect((await failureOf(ask(THROTTLED))).name).to.equal('TransientError');
    expect((await failureOf(ask(DENIED))).name).to.equal('PermanentError');
  });
});

describe('stop', () => {
  const stop = (answer: object | Error) => given(answer).workflow.stop(executionArn, 'ABORT', 'why');

  it('says with which error and why', async () => {
    const { workflow, calls } = given({});
    await workflow.stop(executionArn, 'ABORT', 'why');
    const input = { executionArn, error: 'ABORT', cause: 'why' };
    expect(calls).to.deep.equal([{ command: 'StopExecutionCommand', input }]);
  });

  it('takes an execution that there is not for stopped, and fails for all else', async () => {
    expect(await stop(named('ExecutionDoesNotExist'))).to.equal(undefined);
    expect((await failureOf(stop(THROTTLED))).name).to.equal('TransientError');
    expect((await failureOf(stop(DENIED))).name).to.equal('PermanentError');
  });
});
