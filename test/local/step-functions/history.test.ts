import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { FUNCTION_ARN, machine, outline, task, taskError, useStepFunctions } from './test-support.ts';

const NESTED = machine({
  Batches: {
    Type: 'Map',
    ItemsPath: '$.batches',
    MaxConcurrency: 3,
    ItemProcessor: machine({
      Items: {
        Type: 'Map',
        MaxConcurrency: 8,
        ItemProcessor: machine({
          First: task({ Next: 'Which' }),
          Which: {
            Type: 'Choice',
            Choices: [{ Variable: '$', NumericLessThanEquals: 32, Next: 'Low' }],
            Default: 'Second',
          },
          Low: { Type: 'Pass', End: true },
          Second: task(),
        }),
        End: true,
      },
    }),
    Next: 'Done',
  },
  Done: { Type: 'Succeed' },
});

const count = (events: readonly HistoryEvent[], type: string): number =>
  events.filter((event) => event.type === type).length;

describe('the history of an execution', () => {
  const { run } = useStepFunctions();

  it('misses nothing of 64 items whose tasks answer at once, and links each event to one before it', async () => {
    const batches = Array.from({ length: 8 }, (_, batch) => Array.from({ length: 8 }, (_, i) => batch * 8 + i + 1));
    const { stack, executionArn, events } = await run({ definition: NESTED }, { batches });
    const expected = {
      TaskStateEntered: 96,
      LambdaFunctionSucceeded: 96,
      TaskStateExited: 96,
      ChoiceStateEntered: 64,
      PassStateEntered: 32,
      SucceedStateEntered: 1,
      MapStateEntered: 9,
      MapStateSucceeded: 9,
      MapIterationStarted: 72,
      MapIterationSucceeded: 72,
    };
    const counted = Object.keys(expected).map((type) => [type, count(events, type)]);
    expect(Object.fromEntries(counted)).to.deep.equal(expected);
    const entries = events.filter(({ type }) => type?.endsWith('StateEntered')).length;
    expect(stack.stepFunctions.executions.stateEntries(executionArn)).to.equal(entries);
    expect(events.map(({ id }) => id)).to.deep.equal(events.map((_, index) => index + 1));
    expect(events.at(-1)?.type).to.equal('ExecutionSucceeded');
    for (const { id = 0, previousEventId = 0 } of events) expect(previousEventId).to.be.lessThan(id);
  });

  it('leads from the end of a nested item back to its start', async () => {
    const { events } = await run({ definition: NESTED }, { batches: [[1, 2], [40]] });
    const end = events.find(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Second');
    const path: HistoryEvent[] = [];
    for (let event = end; event !== undefined; event = events[(event.previousEventId ?? 0) - 1]) path.unshift(event);
    const CALL = ['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded'];
    expect(outline(path)).to.deep.equal([
      ...['MapStateEntered Batches', 'MapStateStarted', 'MapIterationStarted'],
      ...['MapStateEntered Items', 'MapStateStarted', 'MapIterationStarted'],
      ...['TaskStateEntered First', ...CALL, 'TaskStateExited First'],
      ...['ChoiceStateEntered Which', 'ChoiceStateExited Which'],
      ...['TaskStateEntered Second', ...CALL, 'TaskStateExited Second'],
    ]);
    expect(path[2]?.mapIterationStartedEventDetails).to.deep.equal({ name: 'Batches', index: 1 });
    expect(path[5]?.mapIterationStartedEventDetails).to.deep.equal({ name: 'Items', index: 0 });
  });

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
    expect(events[0]?.executionStartedEventDetails).to.deep.include(input);
    expect(events.map(({ previousEventId }) => previousEventId)).to.deep.equal([0, 0, 2, 3, 4, 5, 6]);
    expect(events[0]?.timestamp?.getTime()).to.be.closeTo(Date.now(), 5000);
  });

  it('shows each try of a task, and what was caught', async () => {
    const Retry = [{ ErrorEquals: ['TransientError'], IntervalSeconds: 1, MaxAttempts: 1 }];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const { events } = await run({
      definition: machine({ Work: task({ Retry, Catch, End: true }), Caught: { Type: 'Pass', End: true } }),
      timeScale: 0.001,
      invokeTask: async () => {
        throw taskError('TransientError', 'busy');
      },
    });
    const FAILED_CALL = ['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionFailed'];
    expect(outline(events)).to.deep.equal([
      ...['ExecutionStarted', 'TaskStateEntered Work', ...FAILED_CALL, ...FAILED_CALL, 'TaskStateExited Work'],
      ...['PassStateEntered Caught', 'PassStateExited Caught', 'ExecutionSucceeded'],
    ]);
    expect(events[4]?.lambdaFunctionFailedEventDetails).to.deep.equal({ error: 'TransientError', cause: 'busy' });
  });

  it('has Task events for a service integration', async () => {
    const Parameters = { TopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:alerts', 'Message.$': '$.text' };
    const Publish = { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Parameters, End: true };
    const { events } = await run(
      { definition: machine({ Publish }), invokeTask: async () => ({ MessageId: 'm' }) },
      { text: 'hello' },
    );
    const called = { resourceType: 'sns', resource: 'publish' };
    expect(events[2]).to.deep.include({
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        ...called,
        region: 'ap-northeast-1',
        parameters: '{"TopicArn":"arn:aws:sns:ap-northeast-1:123456789012:alerts","Message":"hello"}',
      },
    });
    expect(events[3]).to.deep.include({ type: 'TaskStarted', taskStartedEventDetails: called });
    expect(events[4]?.taskSucceededEventDetails).to.deep.include({ ...called, output: '{"MessageId":"m"}' });
  });

  const ITEMS = { Type: 'Map', MaxConcurrency: 2, ItemProcessor: machine({ Work: task() }), End: true };

  it('shows which item failed a Map, and nothing more of the others', async () => {
    const Items = { ...ITEMS, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
    const { events } = await run(
      {
        definition: machine({ Items, Caught: { Type: 'Succeed' } }),
        invokeTask: (_resource, payload) =>
          payload === 1 ? Promise.reject(taskError('PermanentError', 'no')) : new Promise(() => undefined),
      },
      [0, 1],
    );
    expect(outline(events).slice(-7)).to.deep.equal([
      ...['LambdaFunctionFailed', 'MapIterationFailed', 'MapStateFailed', 'MapStateExited Items'],
      ...['SucceedStateEntered Caught', 'SucceedStateExited Caught', 'ExecutionSucceeded'],
    ]);
    const [failed, iteration, map] = events.slice(-7);
    expect(iteration?.mapIterationFailedEventDetails).to.deep.equal({ name: 'Items', index: 1 });
    expect(map?.previousEventId).to.equal(failed?.id);
  });

  it('starts a Map again when it is retried', async () => {
    let calls = 0;
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }];
    const { events, detail } = await run(
      {
        definition: machine({ Items: { ...ITEMS, MaxConcurrency: 1, Retry } }),
        timeScale: 0.001,
        invokeTask: async (_resource, payload) => {
          calls += 1;
          if (calls === 1) throw taskError('TransientError', 'once');
          return payload;
        },
      },
      ['a', 'b', 'c'],
    );
    expect([detail.output, calls]).to.deep.equal(['["a","b","c"]', 4]);
    expect([count(events, 'MapStateStarted'), count(events, 'MapIterationStarted')]).to.deep.equal([2, 4]);
    expect(count(events, 'MapStateFailed')).to.equal(0);
  });

  it('shows a Map over nothing', async () => {
    const { events } = await run({ definition: machine({ Items: ITEMS }) }, []);
    expect(outline(events)).to.deep.equal([
      ...['ExecutionStarted', 'MapStateEntered Items', 'MapStateStarted', 'MapStateSucceeded'],
      ...['MapStateExited Items', 'ExecutionSucceeded'],
    ]);
  });
});
