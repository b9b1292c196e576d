import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { createOutages } from '../../../local/aws/outages.ts';
import { OUTAGE_ERRORS } from '../../../local/aws/step-functions/index.ts';
import { failureOf } from '../../support/failure.ts';
import { STATE_MACHINE_ARN, startTestStack, type TestStack } from './test-support.ts';

describe('an outage of Step Functions', () => {
  let stack: TestStack;
  /** What is drawn next. */
  let numbers: number[] = [];
  before(async () => {
    stack = await startTestStack({
      definition: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } },
      outages: createOutages({ share: 0.5, outageMs: 1, draw: () => numbers.shift() ?? 1, ...OUTAGE_ERRORS }),
    });
  });
  after(() => stack.close());
  const start = (name: string) =>
    stack.client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name, input: '{}' }));
  const running = () => stack.stepFunctions.executions.running().map((arn) => arn.split(':').at(-1));

  it('throttles with 400 and starts nothing', async () => {
    numbers = [0, 0];
    const failure = await failureOf(start('throttled'));
    expect(failure).to.include({ name: 'ThrottlingException' });
    expect(failure).to.have.nested.property('$metadata.httpStatusCode', 400);
    expect(running()).not.to.include('throttled');
  });

  it('fails with 500, though the execution may have been started', async () => {
    numbers = [0, 0.5, 0];
    const failure = await failureOf(start('failed'));
    expect(failure).to.include({ name: 'InternalFailure' });
    expect(failure).to.have.nested.property('$metadata.httpStatusCode', 500);
    expect(running()).to.include('failed');
  });

  it('closes the connection without an answer, though the execution may have been started', async () => {
    numbers = [0, 0.9, 0];
    expect(await failureOf(start('silent'))).to.have.property('code', 'ECONNRESET');
    expect(running()).to.include('silent');
  });
});
