import { GetExecutionHistoryCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { createOutages } from '../../../local/aws/outages.ts';
import { OUTAGE_ERRORS } from '../../../local/aws/step-functions/index.ts';
import { failureOf } from '../../support/failure.ts';
import {
  ALIAS_ARN,
  describeExecution,
  machine,
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
const ARN_PREFIX = 'arn:aws:states:ap-northeast-1:123456789012:execution:workflow:';

describe('the Step Functions API', () => {
  let stack: TestStack;
  /** What is drawn next for outages. */
  let numbers: number[] = [];
  beforeEach(async () => {
    numbers = [];
    const outages = createOutages({ share: 0.5, outageMs: 1, draw: () => numbers.shift() ?? 1, ...OUTAGE_ERRORS });
    stack = await startTestStack({ definition: DEFINITION, invokeTask: () => new Promise(() => undefined), outages });
  });
  afterEach(() => stack.close());

  const start = (fields: { name?: string; input?: string; stateMachineArn?: string }) =>
    stack.client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, ...fields }));

  it('starts an execution by an alias, which runs to its end', async () => {
    const started = await start({ name: `目標${'n'.repeat(78)}`, input: '{"a": 1}', stateMachineArn: ALIAS_ARN });
    expect(started.executionArn).to.equal(`${ARN_PREFIX}目標${'n'.repeat(78)}`);
    expect(started.startDate?.getTime()).to.be.closeTo(Date.now(), 5000);
    await stack.end(started.executionArn);
    const { startDate, stopDate, ...described } = await describeExecution(stack, started.executionArn);
    expect(described).to.include({
      status: 'SUCCEEDED',
      stateMachineArn: STATE_MACHINE_ARN,
      stateMachineAliasArn: ALIAS_ARN,
      input: '{"a": 1}',
      output: '{"a":1}',
    });
    expect([startDate, (stopDate ?? 0) >= (startDate ?? 0)]).to.deep.equal([started.startDate, true]);
  });

  it('gives the name of a running execution to the same input alone, and that of an ended one to none', async () => {
    const first = await start({ name: 'same', input: '{"wait":1,"b":2}' });
    const again = await start({ name: 'same', input: '{ "b": 2, "wait": 1 }' });
    expect([again.executionArn, again.startDate]).to.deep.equal([first.executionArn, first.startDate]);
    expect(stack.stepFunctions.executions.running()).to.have.length(1);
    const { executionArn } = await start({ name: 'closed' });
    await stack.end(executionArn);
    for (const fields of [
      { name: 'same', input: '{"wait":2}' },
      { name: 'closed', input: '{}' },
    ])
      expect((await failureOf(start(fields))).name).to.equal('ExecutionAlreadyExists');
  });

  for (const [what, fields, name] of [
    ['a name of 81 characters', { name: 'n'.repeat(81) }, 'InvalidName'],
    ['a name with a colon', { name: 'a:b' }, 'InvalidName'],
    ['a name with a control character', { name: 'a\u0085b' }, 'InvalidName'],
    ['an input that is not JSON', { input: '' }, 'InvalidExecutionInput'],
    // 3 bytes each, and two quotes
    ['an input above 256 KiB', { input: JSON.stringify('あ'.repeat(87_381)) }, 'InvalidExecutionInput'],
    ['an unknown state machine', { stateMachineArn: `${STATE_MACHINE_ARN}s` }, 'StateMachineDoesNotExist'],
  ] as const) {
    it(`refuses to start ${what}`, async () => {
      expect((await failureOf(start(fields))).name).to.equal(name);
    });
  }

  it('knows no execution that was not started', async () => {
    for (const [executionArn, name] of [
      [`${ARN_PREFIX}none`, 'ExecutionDoesNotExist'],
      [STATE_MACHINE_ARN, 'InvalidArn'],
    ])
      expect((await failureOf(describeExecution(stack, executionArn))).name).to.equal(name);
  });

  it('stops an execution with error and cause, and leaves one that has ended as it is', async () => {
    const { executionArn } = await start({ input: '{"wait":1}' });
    const stop = (error: string, cause = 'by me') =>
      stack.client.send(new StopExecutionCommand({ executionArn, error, cause }));
    expect((await failureOf(stop('E'.repeat(257)))).name).to.equal('ValidationException');
    const stopped = await stop('ABORT');
    expect(await stop('again')).to.deep.include({ stopDate: stopped.stopDate });
    const described = await describeExecution(stack, executionArn);
    expect(described).to.include({ status: 'ABORTED', error: 'ABORT', cause: 'by me', redriveStatus: 'REDRIVABLE' });
    expect(described.stopDate).to.deep.equal(stopped.stopDate);
  });

  it('gives a history page by page, without data when asked', async () => {
    const { executionArn } = await start({ input: '{"secret":1}' });
    await stack.end(executionArn);
    const page = (nextToken?: string) =>
      stack.client.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 4, includeExecutionData: false, nextToken }),
      );
    const first = await page();
    const second = await page(first.nextToken);
    const events = [...(first.events ?? []), ...(second.events ?? [])];
    expect(events.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect([first.events?.length, second.nextToken]).to.deep.equal([4, undefined]);
    expect(JSON.stringify(events)).to.not.contain('secret');
    expect(events[1]?.stateEnteredEventDetails).to.deep.equal({ name: 'Choose' });
  });

  for (const [what, draws, failure, isStarted] of [
    ['throttles and starts nothing', [0, 0], { name: 'ThrottlingException' }, false],
    ['fails, though the execution may have been started', [0, 0.5, 0], { name: 'InternalFailure' }, true],
    ['gives no answer, though the execution may have been started', [0, 0.9, 0], { code: 'ECONNRESET' }, true],
  ] as const) {
    it(`in an outage ${what}`, async () => {
      numbers = [...draws];
      expect(await failureOf(start({ name: 'out', input: '{"wait":1}' }))).to.include(failure);
      expect(stack.stepFunctions.executions.running()).to.deep.equal(isStarted ? [`${ARN_PREFIX}out`] : []);
    });
  }
});
