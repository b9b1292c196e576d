import { SFNClient } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { createWorkflow, type Workflow } from '../../src/aws/step-functions.ts';
import { named } from '../support/failing.ts';

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
const start = ({ start }: Workflow) => start('g-1', { goalId: 'g' });
const ask = ({ describe }: Workflow) => describe(executionArn);
const stop = ({ stop }: Workflow) => stop(executionArn, 'ABORT', 'why');
describe('the calls of Step Functions', () => {
  it('start through the alias, under the name, with the input as JSON; stop with an error and why; take no status for running', async () => {
    const { workflow, calls } = given({});
    expect(await start(workflow)).to.equal('started');
    expect(await stop(workflow)).to.equal(undefined);
    expect((await ask(workflow))?.status).to.equal('RUNNING');
    const input = { stateMachineArn: STATE_MACHINE_ARN, name: 'g-1', input: '{"goalId":"g"}' };
    expect(calls).to.deep.equal([
      { command: 'StartExecutionCommand', input },
      { command: 'StopExecutionCommand', input: { executionArn, error: 'ABORT', cause: 'why' } },
      { command: 'DescribeExecutionCommand', input: { executionArn } },
    ]);
  });

  it('give status, error, cause, input and start of an execution, as far as there are any', async () => {
    const startedAt = new Date();
    const said = { status: 'FAILED', error: 'E', cause: 'c', input: '{}' };
    const found = await ask(given({ ...said, startDate: startedAt, output: 'o' }).workflow);
    expect(found).to.deep.equal({ ...said, startedAt });
    const none = { error: undefined, cause: undefined, input: undefined, startedAt: undefined };
    expect(await ask(given({ status: 'SUCCEEDED' }).workflow)).to.deep.equal({ status: 'SUCCEEDED', ...none });
  });

  for (const [call, name, answer] of [
    [start, 'ExecutionAlreadyExists', 'exists'],
    [ask, 'ExecutionDoesNotExist', undefined],
    [stop, 'ExecutionDoesNotExist', undefined],
  ] as const) {
    it(`take ${name} for an answer of ${call.name}, and tell what may pass from what will not`, async () => {
      expect(await call(given(named(name)).workflow)).to.equal(answer);
      for (const [fault, type] of [
        ['ThrottlingException', 'TransientError'],
        ['AccessDeniedException', 'PermanentError'],
      ] as const)
        expect((await failureOf(call(given(named(fault)).workflow))).name).to.equal(type);
    });
  }
});
