import { type HistoryEvent, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import {
  FUNCTION_ARN,
  outline,
  STATE_MACHINE_ARN,
  startTestStack,
  type TestOptions,
  type TestStack,
  taskError,
} from './test-support.ts';

const STATES_64 = {
  StartAt: 'Batches',
  States: {
    Batches: {
      Type: 'Map',
      ItemsPath: '$.batches',
      MaxConcurrency: 3,
      ItemProcessor: {
        StartAt: 'Items',
        States: {
          Items: {
            Type: 'Map',
            MaxConcurrency: 8,
            ItemProcessor: {
              StartAt: 'First',
              States: {
                First: { Type: 'Task', Resource: FUNCTION_ARN, Next: 'Which' },
                Which: {
                  Type: 'Choice',
                  Choices: [{ Variable: '$', NumericLessThanEquals: 32, Next: 'Low' }],
                  Default: 'Second',
                },
                Low: { Type: 'Pass', Next: 'LowDone' },
                LowDone: { Type: 'Succeed' },
                Second: { Type: 'Task', Resource: FUNCTION_ARN, End: true },
              },
            },
            End: true,
          },
        },
      },
      Next: 'Check',
    },
    Check: { Type: 'Choice', Choices: [{ Variable: '$[0]', IsPresent: true, Next: 'Done' }], Default: 'Done' },
    Done: { Type: 'Succeed' },
  },
};

describe('the history of an execution', () => {
  let stack: TestStack | undefined;

  afterEach(async () => {
    await stack?.close();
    stack = undefined;
  });

  async function run(options: TestOptions, input: unknown = {}) {
    stack = await startTestStack(options);
    const command = new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, input: JSON.stringify(input) });
    const { executionArn = '' } = await stack.client.send(command);
    const end = await stack.end(executionArn);
    return { executionArn, end, events: await stack.history(executionArn) };
  }

  function count(events: readonly HistoryEvent[], type: string): number {
    return events.filter((event) => event.type === type).length;
  }

  it('misses nothing of 64 items whose tasks answer at once', async () => {
    let calls = 0;
    const input = {
      batches: Array.from({ length: 8 }, (_, batch) => Array.from({ length: 8 }, (_, i) => batch * 8 + i + 1)),
    };
    const { executionArn, end, events } = await run(
      {
        definition: STATES_64,
        invokeTask: async (_resource, payload) => {
          calls += 1;
          return payload;
        },
      },
      input,
    );
    expect(end.detail.status).to.equal('SUCCEEDED');
    expect(calls).to.equal(64 + 32);
    expect(count(events, 'TaskStateEntered')).to.equal(calls);
    expect(count(events, 'LambdaFunctionSucceeded')).to.equal(calls);
    expect(count(events, 'TaskStateExited')).to.equal(calls);
    expect(count(events, 'ChoiceStateEntered')).to.equal(64 + 1);
    expect(count(events, 'PassStateEntered')).to.equal(32);
    expect(count(events, 'SucceedStateEntered')).to.equal(32 + 1);
    expect(count(events, 'MapStateEntered')).to.equal(1 + 8);
    expect(count(events, 'MapIterationStarted')).to.equal(8 + 64);
    expect(count(events, 'MapIterationSucceeded')).to.equal(8 + 64);
    const entries = events.filter(({ type }) => type?.endsWith('StateEntered')).length;
    expect(stack?.stepFunctions.executions.stateEntries(executionArn)).to.equal(entries);
    expect(entries).to.equal(96 + 65 + 32 + 33 + 9);
  });

  it('numbers its events, ends with the end, and links each to one before it', async () => {
    const { events } = await run({ definition: STATES_64 }, { batches: [[1, 2], [40]] });
    expect(events.map(({ id }) => id)).to.deep.equal(events.map((_, index) => index + 1));
    expect(events.at(-1)?.type).to.equal('ExecutionSucceeded');
    for (const { id = 0, previousEventId = 0 } of events) expect(previousEventId).to.be.lessThan(id);
  });

  it('leads from the end of a nested item back to its start', async () => {
    const { events } = await run(
      { definition: STATES_64 },
      {
        batches: [
          [1, 2],
          [40, 3],
        ],
      },
    );
    const end = events.find(
      ({ type, stateExitedEventDetails }) => type === 'TaskStateExited' && stateExitedEventDetails?.name === 'Second',
    );
    const path: HistoryEvent[] = [];
    for (let event = end; event !== undefined; event = events[(event.previousEventId ?? 0) - 1]) path.unshift(event);
    expect(outline(path)).to.deep.equal([
      'MapStateEntered Batches',
      'MapStateStarted',
      'MapIterationStarted',
      'MapStateEntered Items',
      'MapStateStarted',
      'MapIterationStarted',
      'TaskStateEntered First',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited First',
      'ChoiceStateEntered Which',
      'ChoiceStateExited Which',
      'TaskStateEntered Second',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited Second',
    ]);
    expect(path[2]?.mapIterationStartedEventDetails).to.deep.equal({ name: 'Batches', index: 1 });
    expect(path[5]?.mapIterationStartedEventDetails).to.deep.equal({ name: 'Items', index: 0 });
    expect(path[4]?.mapStateStartedEventDetails).to.deep.equal({ length: 2 });
  });

  it('has the details that AWS gives', async () => {
    const definition = {
      StartAt: 'Work',
      States: { Work: { Type: 'Task', Resource: FUNCTION_ARN, TimeoutSeconds: 120, End: true } },
    };
    const { events } = await run({ definition, timeScale: 0.5, invokeTask: async () => ({ done: true }) }, { a: 1 });
    expect(events.map(({ timestamp, ...rest }) => rest)).to.deep.equal([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        executionStartedEventDetails: {
          input: '{"a":1}',
          inputDetails: { truncated: false },
          roleArn: 'arn:aws:iam::123456789012:role/workflow',
        },
      },
      {
        id: 2,
        previousEventId: 0,
        type: 'TaskStateEntered',
        stateEnteredEventDetails: { name: 'Work', input: '{"a":1}', inputDetails: { truncated: false } },
      },
      {
        id: 3,
        previousEventId: 2,
        type: 'LambdaFunctionScheduled',
        lambdaFunctionScheduledEventDetails: {
          resource: FUNCTION_ARN,
          input: '{"a":1}',
          inputDetails: { truncated: false },
          timeoutInSeconds: 120,
        },
      },
      { id: 4, previousEventId: 3, type: 'LambdaFunctionStarted' },
      {
        id: 5,
        previousEventId: 4,
        type: 'LambdaFunctionSucceeded',
        lambdaFunctionSucceededEventDetails: { output: '{"done":true}', outputDetails: { truncated: false } },
      },
      {
        id: 6,
        previousEventId: 5,
        type: 'TaskStateExited',
        stateExitedEventDetails: { name: 'Work', output: '{"done":true}', outputDetails: { truncated: false } },
      },
      {
        id: 7,
        previousEventId: 6,
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: { output: '{"done":true}', outputDetails: { truncated: false } },
      },
    ]);
    expect(events[0]?.timestamp?.getTime()).to.be.closeTo(Date.now(), 5000);
  });

  it('shows each try of a task, and what was caught', async () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: FUNCTION_ARN,
          Retry: [{ ErrorEquals: ['TransientError'], IntervalSeconds: 1, MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
    };
    const { end, events } = await run({
      definition,
      timeScale: 0.001,
      invokeTask: async () => {
        throw taskError('TransientError', '{"errorType":"TransientError"}');
      },
    });
    expect(outline(events)).to.deep.equal([
      'ExecutionStarted',
      'TaskStateEntered Work',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionFailed',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionFailed',
      'TaskStateExited Work',
      'PassStateEntered Caught',
      'PassStateExited Caught',
      'ExecutionSucceeded',
    ]);
    expect(events[4]?.lambdaFunctionFailedEventDetails).to.deep.equal({
      error: 'TransientError',
      cause: '{"errorType":"TransientError"}',
    });
    expect(end.detail.output).to.equal('{"Error":"TransientError","Cause":"{\\"errorType\\":\\"TransientError\\"}"}');
  });

  it('has Task events for a service integration', async () => {
    const definition = {
      StartAt: 'Publish',
      States: {
        Publish: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sns:publish',
          Parameters: { TopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:alerts', 'Message.$': '$.text' },
          End: true,
        },
      },
    };
    const { events } = await run({ definition, invokeTask: async () => ({ MessageId: 'm' }) }, { text: 'hello' });
    expect(events[2]).to.deep.include({
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        resourceType: 'sns',
        resource: 'publish',
        region: 'ap-northeast-1',
        parameters: '{"TopicArn":"arn:aws:sns:ap-northeast-1:123456789012:alerts","Message":"hello"}',
      },
    });
    expect(outline(events).slice(3, 5)).to.deep.equal(['TaskStarted', 'TaskSucceeded']);
  });

  it('shows which item failed a Map and which were aborted with it', async () => {
    const definition = {
      StartAt: 'Items',
      States: {
        Items: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Work',
            States: { Work: { Type: 'Task', Resource: FUNCTION_ARN, End: true } },
          },
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Succeed' },
      },
    };
    const { end, events } = await run(
      {
        definition,
        invokeTask: (_resource, payload) => {
          if (payload === 1) return Promise.reject(taskError('PermanentError', 'no'));
          return new Promise(() => undefined);
        },
      },
      [0, 1],
    );
    expect(end.detail.status).to.equal('SUCCEEDED');
    expect(outline(events).slice(-9)).to.deep.equal([
      'LambdaFunctionFailed',
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'MapStateExited Items',
      'SucceedStateEntered Caught',
      'SucceedStateExited Caught',
      'ExecutionSucceeded',
    ]);
    expect(events.find(({ type }) => type === 'MapIterationFailed')?.mapIterationFailedEventDetails).to.deep.equal({
      name: 'Items',
      index: 1,
    });
    const failed = events.find(({ type }) => type === 'LambdaFunctionFailed');
    expect(events.find(({ type }) => type === 'MapStateFailed')?.previousEventId).to.equal(failed?.id);
  });

  it('starts a Map again when it is retried', async () => {
    let calls = 0;
    const definition = {
      StartAt: 'Items',
      States: {
        Items: {
          Type: 'Map',
          MaxConcurrency: 1,
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }],
          ItemProcessor: {
            StartAt: 'Work',
            States: { Work: { Type: 'Task', Resource: FUNCTION_ARN, End: true } },
          },
          End: true,
        },
      },
    };
    const { end, events } = await run(
      {
        definition,
        timeScale: 0.001,
        invokeTask: async (_resource, payload) => {
          calls += 1;
          if (calls === 1) throw taskError('TransientError', 'once');
          return payload;
        },
      },
      ['a', 'b', 'c'],
    );
    expect(end.detail.output).to.equal('["a","b","c"]');
    expect(calls).to.equal(4);
    expect(count(events, 'MapStateStarted')).to.equal(2);
    expect(count(events, 'MapIterationStarted')).to.equal(4);
    expect(count(events, 'MapStateFailed')).to.equal(0);
    expect(count(events, 'TaskStateEntered')).to.equal(4);
  });

  it('shows a Map over nothing', async () => {
    const definition = {
      StartAt: 'Items',
      States: {
        Items: {
          Type: 'Map',
          ItemProcessor: { StartAt: 'Only', States: { Only: { Type: 'Pass', End: true } } },
          End: true,
        },
      },
    };
    const { events } = await run({ definition }, []);
    expect(outline(events)).to.deep.equal([
      'ExecutionStarted',
      'MapStateEntered Items',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited Items',
      'ExecutionSucceeded',
    ]);
    expect(events[2]?.mapStateStartedEventDetails).to.deep.equal({ length: 0 });
  });

  it('shows the branches of a Parallel, and its failure', async () => {
    const branch = (name: string) => ({
      StartAt: name,
      States: { [name]: { Type: 'Task', Resource: FUNCTION_ARN, End: true } },
    });
    const definition = {
      StartAt: 'Both',
      States: {
        Both: { Type: 'Parallel', Branches: [branch('Left'), branch('Right')], End: true },
      },
    };
    const succeeded = await run({ definition, invokeTask: async (_resource, _payload, { stateName }) => stateName });
    expect(succeeded.end.detail.output).to.equal('["Left","Right"]');
    expect(count(succeeded.events, 'ParallelStateStarted')).to.equal(1);
    expect(count(succeeded.events, 'TaskStateEntered')).to.equal(2);
    expect(outline(succeeded.events).slice(-3, -1)).to.deep.equal([
      'ParallelStateSucceeded',
      'ParallelStateExited Both',
    ]);
    await stack?.close();
    const failed = await run({
      definition,
      invokeTask: (_resource, _payload, { stateName }) =>
        stateName === 'Left' ? new Promise(() => undefined) : Promise.reject(taskError('PermanentError', 'no')),
    });
    expect(outline(failed.events).slice(-4)).to.deep.equal([
      'LambdaFunctionFailed',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });
});
