import { expect } from 'chai';
import { FUNCTION_ARN, machine, outline, task, taskError, useStepFunctions } from './test-support.ts';

describe('the history of an execution', () => {
  const { run } = useStepFunctions();

  it('has the details that AWS gives', async () => {
    const definition = machine({ Work: task() });
    const { events } = await run({ definition, invokeTask: async () => ({ done: true }) }, { a: 1 });
    const input = { input: '{"a":1}', inputDetails: { truncated: false } };
    const output = { output: '{"done":true}', outputDetails: { truncated: false } };
    const expected = [
      ['ExecutionStarted', events[0]?.executionStartedEventDetails, events[0]?.executionStartedEventDetails],
      ['TaskStateEntered', events[1]?.stateEnteredEventDetails, { name: 'Work', ...input }],
      ['LambdaFunctionScheduled', events[2]?.lambdaFunctionScheduledEventDetails, { resource: FUNCTION_ARN, ...input }],
      ['LambdaFunctionStarted', undefined, undefined],
      ['LambdaFunctionSucceeded', events[4]?.lambdaFunctionSucceededEventDetails, output],
      ['TaskStateExited', events[5]?.stateExitedEventDetails, { name: 'Work', ...output }],
      ['ExecutionSucceeded', events[6]?.executionSucceededEventDetails, output],
    ];
    expect(events.map(({ type }) => type)).to.deep.equal(expected.map(([type]) => type));
    for (const [type, details, wanted] of expected) expect(details, String(type)).to.deep.equal(wanted);
    expect(events.map(({ previousEventId }) => previousEventId)).to.deep.equal([0, 0, 2, 3, 4, 5, 6]);
    expect(events[0]?.timestamp?.getTime()).to.be.closeTo(Date.now(), 5000);
  });

  it('shows which item failed a Map, and nothing more of the others', async () => {
    const Items = {
      Type: 'Map',
      MaxConcurrency: 2,
      ItemProcessor: machine({ Work: task() }),
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      End: true,
    };
    const { events } = await run(
      {
        definition: machine({ Items, Caught: { Type: 'Wait', Seconds: 0.02, End: true } }),
        invokeTask: async (_resource, payload) => {
          if (payload === 1) throw taskError('PermanentError', 'no');
          await new Promise((resolve) => setTimeout(resolve, 5));
        },
      },
      [0, 1],
    );
    const fromFailure = events.slice(events.findIndex(({ type }) => type === 'LambdaFunctionFailed'));
    expect(outline(fromFailure)).to.deep.equal([
      ...['LambdaFunctionFailed', 'MapIterationFailed', 'MapStateFailed', 'MapStateExited Items'],
      ...['WaitStateEntered Caught', 'WaitStateExited Caught', 'ExecutionSucceeded'],
    ]);
    const [failed, iteration, map] = fromFailure;
    expect(iteration?.mapIterationFailedEventDetails).to.deep.equal({ name: 'Items', index: 1 });
    expect(map?.previousEventId).to.equal(failed?.id);
  });
});
