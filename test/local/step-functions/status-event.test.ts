import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { type StatusEvent, statusEvent } from '../../../local/aws/step-functions/status-event.ts';
import { FUNCTION_ARN, STATE_MACHINE_ARN, startTestStack, type TestStack, until } from './test-support.ts';

const RECORD = {
  sequence: 1,
  executionArn: 'arn:aws:states:ap-northeast-1:123456789012:execution:workflow:goal-1',
  name: 'goal-1',
  stateMachineAliasArn: undefined,
  input: '{"goalId":"g"}',
  status: 'RUNNING',
  startDate: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  stopDate: undefined,
  output: undefined,
  error: undefined,
  cause: undefined,
  stateEntries: 0,
} as const;

describe('the event of a status', () => {
  it('has the shape of AWS for a start', () => {
    const { id, ...event } = statusEvent(RECORD, STATE_MACHINE_ARN);
    expect(id).to.match(/^[0-9a-f-]{36}$/);
    expect(event).to.deep.equal({
      version: '0',
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: '123456789012',
      time: '2026-01-02T03:04:05Z',
      region: 'ap-northeast-1',
      resources: [RECORD.executionArn],
      detail: {
        executionArn: RECORD.executionArn,
        stateMachineArn: STATE_MACHINE_ARN,
        name: 'goal-1',
        status: 'RUNNING',
        startDate: RECORD.startDate,
        stopDate: null,
        input: '{"goalId":"g"}',
        output: null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount: 0,
        redriveDate: null,
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
        inputDetails: { included: true },
        outputDetails: null,
        error: null,
        cause: null,
      },
    });
  });

  it('has error and cause of a failure, which can be redriven', () => {
    const stopDate = RECORD.startDate + 1500;
    const event = statusEvent({ ...RECORD, status: 'FAILED', stopDate, error: 'E', cause: 'C' }, STATE_MACHINE_ARN);
    expect(event.time).to.equal('2026-01-02T03:04:07Z');
    expect(event.detail).to.include({
      status: 'FAILED',
      stopDate,
      error: 'E',
      cause: 'C',
      redriveStatus: 'REDRIVABLE',
      redriveStatusReason: null,
    });
  });

  it('leaves out the input, then the output, above 248 KiB', () => {
    const long = JSON.stringify('x'.repeat(130_000));
    const done = { ...RECORD, status: 'SUCCEEDED', stopDate: RECORD.startDate, input: long } as const;
    const both = statusEvent({ ...done, output: long }, STATE_MACHINE_ARN).detail;
    expect([both.input, both.inputDetails.included]).to.deep.equal([null, false]);
    expect([both.output, both.outputDetails]).to.deep.equal([long, { included: true }]);
    const tooLong = JSON.stringify('x'.repeat(255_000));
    const output = statusEvent({ ...done, input: '{}', output: tooLong }, STATE_MACHINE_ARN).detail;
    expect([output.output, output.outputDetails]).to.deep.equal([null, { included: false }]);
  });
});

describe('the delivery of status events', () => {
  let stack: TestStack | undefined;

  afterEach(() => stack?.close());

  const waiting = {
    StartAt: 'Work',
    States: { Work: { Type: 'Task', Resource: FUNCTION_ARN, End: true } },
  };

  it('tells of the start first, then of the end', async () => {
    stack = await startTestStack({ definition: waiting });
    const { executionArn } = await stack.client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN }));
    await stack.end(executionArn);
    expect(stack.events.map(({ detail }) => detail.status)).to.deep.equal(['RUNNING', 'SUCCEEDED']);
  });

  it('tells of a stop with its error', async () => {
    stack = await startTestStack({ definition: waiting, invokeTask: () => new Promise(() => undefined) });
    const { executionArn } = await stack.client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN }));
    await stack.client.send(new StopExecutionCommand({ executionArn, error: 'ABORT', cause: 'user' }));
    const { detail } = await stack.end(executionArn);
    expect(detail).to.include({ status: 'ABORTED', error: 'ABORT', cause: 'user', output: null });
  });

  it('tries an event again until it is taken', async () => {
    const tries: StatusEvent[] = [];
    stack = await startTestStack({
      definition: waiting,
      timeScale: 0.005,
      onStatusChange: (event) => {
        if (event.detail.status === 'RUNNING') return;
        tries.push(event);
        if (tries.length < 3) throw new Error('not now');
      },
    });
    const { executionArn } = await stack.client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN }));
    await stack.end(executionArn);
    expect(tries).to.have.length(3);
    expect(new Set(tries.map(({ id }) => id)).size).to.equal(1);
  });

  it('does not let a slow receiver hold up an execution', async () => {
    let isDelivered = false;
    let take: () => void = () => undefined;
    stack = await startTestStack({
      definition: waiting,
      onStatusChange: (event) =>
        event.detail.status === 'RUNNING'
          ? new Promise((resolve) => {
              take = () => {
                isDelivered = true;
                resolve();
              };
            })
          : undefined,
    });
    const { executionArn } = await stack.client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN }));
    await stack.end(executionArn);
    expect(isDelivered).to.equal(false);
    take();
    await until(() => stack?.events.length === 2);
  });
});
