import { expect } from 'chai';
import { type StatusEvent, statusEvent } from '../../../local/aws/step-functions/status-event.ts';
import { until } from '../../support/until.ts';
import { machine, STATE_MACHINE_ARN, task, useStepFunctions } from './test-support.ts';

const RECORD = {
  executionArn: 'arn:aws:states:ap-northeast-1:123456789012:execution:workflow:goal-1',
  name: 'goal-1',
  input: '{"goalId":"g"}',
  status: 'RUNNING',
  startDate: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
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
  const { start } = useStepFunctions();
  const definition = machine({ Work: task() });

  it('tries an event again until it is taken', async () => {
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
    expect(tries).to.have.length(3);
    expect(new Set(tries.map(({ id }) => id)).size).to.equal(1);
  });

  it('does not let a slow receiver hold up an execution', async () => {
    const taken = Promise.withResolvers<void>();
    const { stack, executionArn } = await start({
      definition,
      onStatusChange: ({ detail }) => (detail.status === 'RUNNING' ? taken.promise : undefined),
    });
    await stack.end(executionArn);
    expect(stack.events).to.have.length(1);
    taken.resolve();
    await until(() => stack.events.length === 2);
  });
});
