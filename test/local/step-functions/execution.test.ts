import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import {
  ALIAS_ARN,
  describeExecution,
  FUNCTION_ARN,
  outline,
  STATE_MACHINE_ARN,
  startTestStack,
  type TestOptions,
  type TestStack,
  taskError,
  until,
} from './test-support.ts';

function task(fields: object = { End: true }): object {
  return { Type: 'Task', Resource: FUNCTION_ARN, ...fields };
}

function machine(states: Record<string, object>): object {
  return { StartAt: Object.keys(states)[0], States: states };
}

describe('an execution', () => {
  let stack: TestStack | undefined;

  afterEach(async () => {
    await stack?.close();
    stack = undefined;
  });

  async function start(options: TestOptions, input: unknown = {}, name = 'goal-1') {
    stack = await startTestStack(options);
    const { executionArn = '' } = await stack.client.send(
      new StartExecutionCommand({ stateMachineArn: ALIAS_ARN, name, input: JSON.stringify(input) }),
    );
    return { stack, executionArn };
  }

  async function run(options: TestOptions, input?: unknown) {
    const started = await start(options, input);
    const { detail } = await started.stack.end(started.executionArn);
    return { ...started, detail, description: await describeExecution(started.stack, started.executionArn) };
  }

  describe('fails', () => {
    it('with the Error and Cause of a Fail state', async () => {
      const { description } = await run({
        definition: machine({ Stop: { Type: 'Fail', Error: 'WorkflowFailed', Cause: 'nothing was saved' } }),
      });
      expect(description).to.include({ status: 'FAILED', error: 'WorkflowFailed', cause: 'nothing was saved' });
    });

    it('without error and cause at a Fail state that has none', async () => {
      const { description } = await run({ definition: machine({ Stop: { Type: 'Fail' } }) });
      expect(description).to.include({ status: 'FAILED' });
      expect([description.error, description.cause]).to.deep.equal([undefined, undefined]);
    });

    it('with the name and message of an error that nothing catches', async () => {
      const cause = '{"errorType":"ValidationError","errorMessage":"no goal","trace":[]}';
      const { stack, executionArn, description } = await run({
        definition: machine({ Work: task() }),
        invokeTask: async () => {
          throw taskError('ValidationError', cause);
        },
      });
      expect(description).to.include({ status: 'FAILED', error: 'ValidationError', cause });
      const last = (await stack.history(executionArn)).at(-1);
      expect(last?.executionFailedEventDetails).to.deep.equal({ error: 'ValidationError', cause });
    });

    it('with the state in the cause when a path leads nowhere', async () => {
      const { description } = await run({ definition: machine({ Work: task({ InputPath: '$.none', End: true }) }) });
      expect(description.error).to.equal('States.Runtime');
      expect(description.cause).to.match(
        /^An error occurred while executing the state 'Work' \(entered at the event id #2\)\. .*\$\.none/,
      );
    });

    it('with States.Timeout when a task takes too long, and drops the late answer', async () => {
      const answers: ((value: unknown) => void)[] = [];
      const { stack, executionArn, description } = await run({
        definition: machine({ Work: task({ TimeoutSeconds: 10, End: true }) }),
        timeScale: 0.002,
        invokeTask: () => new Promise((resolve) => answers.push(resolve)),
      });
      expect(description).to.include({ status: 'FAILED', error: 'States.Timeout' });
      expect(description.cause).to.equal(undefined);
      answers[0]?.('late');
      const events = await stack.history(executionArn);
      expect(outline(events).slice(-2)).to.deep.equal(['LambdaFunctionTimedOut', 'ExecutionFailed']);
    });
  });

  for (const { what, invokeTask, error, cause } of [
    {
      what: 'a task that timed out has an empty Cause',
      invokeTask: () => new Promise<never>(() => undefined),
      error: 'States.Timeout',
      cause: '',
    },
    {
      what: 'another error has its message',
      invokeTask: async () => {
        throw taskError('TransientError', 'busy');
      },
      error: 'TransientError',
      cause: 'busy',
    },
    {
      what: 'an error of that name from a Lambda has its message',
      invokeTask: async () => {
        throw taskError('States.Timeout', 'the function says so');
      },
      error: 'States.Timeout',
      cause: 'the function says so',
    },
  ]) {
    it(`catches: ${what}`, async () => {
      const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];
      const { description } = await run({
        definition: machine({
          Work: task({ TimeoutSeconds: 1, Catch, End: true }),
          Caught: { Type: 'Pass', End: true },
        }),
        timeScale: 0.1,
        invokeTask,
      });
      expect(JSON.parse(description.output ?? '')).to.deep.equal({ error: { Error: error, Cause: cause } });
    });
  }

  it('retries a task that timed out, each try with its own time', async () => {
    let calls = 0;
    const { description } = await run({
      definition: machine({
        Work: task({
          TimeoutSeconds: 10,
          Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
          End: true,
        }),
      }),
      timeScale: 0.002,
      invokeTask: () => {
        calls += 1;
        return calls < 3 ? new Promise(() => undefined) : Promise.resolve('third');
      },
    });
    expect(calls).to.equal(3);
    expect(description).to.include({ status: 'SUCCEEDED', output: '"third"' });
  });

  it('waits 2, 4 and 8 s, scaled, between four tries', async () => {
    const calls: number[] = [];
    await run({
      definition: machine({
        Work: task({
          Retry: [{ ErrorEquals: ['TransientError'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
          End: true,
        }),
      }),
      timeScale: 0.02,
      invokeTask: async () => {
        calls.push(performance.now());
        throw taskError('TransientError', 'again');
      },
    });
    const waits = calls.slice(1).map((time, index) => time - (calls[index] ?? 0));
    expect(waits).to.have.length(3);
    for (const [index, least] of [40, 80, 160].entries()) expect(waits[index]).to.be.at.least(least - 2);
    // A busy machine makes waits longer, but not as long as one more doubling would.
    expect(waits.reduce((sum, wait) => sum + wait, 0)).to.be.below(2 * (40 + 80 + 160));
  });

  it('ends as TIMED_OUT at the TimeoutSeconds of the state machine', async () => {
    const begun = Date.now();
    const { stack, executionArn, description } = await run({
      definition: { ...machine({ Work: task() }), TimeoutSeconds: 900 },
      timeScale: 0.0001,
      invokeTask: () => new Promise(() => undefined),
    });
    expect(Date.now() - begun).to.be.within(85, 3000);
    expect(description).to.include({ status: 'TIMED_OUT', redriveStatus: 'REDRIVABLE' });
    expect([description.error, description.cause]).to.deep.equal([undefined, undefined]);
    const last = (await stack.history(executionArn)).at(-1);
    expect(last).to.deep.include({
      type: 'ExecutionTimedOut',
      previousEventId: 0,
      executionTimedOutEventDetails: { error: 'States.Timeout' },
    });
  });

  describe('after its end', () => {
    const RETRIED = machine({
      Work: task({
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 50, BackoffRate: 1 }],
        End: true,
      }),
    });

    it('invokes nothing when a retry would have come', async () => {
      let calls = 0;
      const { stack, executionArn } = await start({
        definition: RETRIED,
        timeScale: 0.02,
        invokeTask: async () => {
          calls += 1;
          throw taskError('TransientError', 'again');
        },
      });
      await until(() => calls === 2);
      await stack.client.send(new StopExecutionCommand({ executionArn, error: 'ABORT' }));
      const events = (await stack.history(executionArn)).length;
      await new Promise((resolve) => setTimeout(resolve, 100)); // five times the retry's wait
      expect(calls).to.equal(2);
      expect(await stack.history(executionArn)).to.have.length(events);
    });

    it('starts no further items of a Map', async () => {
      const calls: unknown[] = [];
      const answers: (() => void)[] = [];
      const { stack, executionArn } = await start(
        {
          definition: machine({
            Items: { Type: 'Map', MaxConcurrency: 2, ItemProcessor: machine({ Work: task() }), End: true },
          }),
          invokeTask: (_resource, payload) => {
            calls.push(payload);
            return new Promise((resolve) => answers.push(() => resolve(payload)));
          },
        },
        [1, 2, 3, 4, 5],
      );
      await until(() => calls.length === 2);
      await stack.client.send(new StopExecutionCommand({ executionArn }));
      for (const answer of answers) answer();
      await stack.end(executionArn);
      await new Promise(setImmediate);
      expect(calls).to.deep.equal([1, 2]);
      expect((await stack.history(executionArn)).at(-1)?.type).to.equal('ExecutionAborted');
      expect((await describeExecution(stack, executionArn)).status).to.equal('ABORTED');
    });

    it('enters no further state', async () => {
      let answer: (value: unknown) => void = () => undefined;
      const { stack, executionArn } = await start({
        definition: machine({ Work: task({ Next: 'After' }), After: { Type: 'Pass', End: true } }),
        invokeTask: () => new Promise((resolve) => (answer = resolve)),
      });
      await until(() => outlineOf(stack, executionArn).includes('LambdaFunctionStarted'));
      await stack.client.send(new StopExecutionCommand({ executionArn }));
      answer('late');
      await new Promise(setImmediate);
      expect(outlineOf(stack, executionArn)).to.deep.equal([
        'ExecutionStarted',
        'TaskStateEntered',
        'LambdaFunctionScheduled',
        'LambdaFunctionStarted',
        'ExecutionAborted',
      ]);
    });
  });

  function outlineOf({ stepFunctions }: TestStack, executionArn: string): string[] {
    return stepFunctions.executions.history(executionArn).map(({ type }) => type);
  }

  it('starts no queued items once a Map has failed and the execution goes on', async () => {
    const calls: unknown[] = [];
    const { description } = await run(
      {
        definition: machine({
          Items: {
            Type: 'Map',
            ItemsPath: '$.items',
            MaxConcurrency: 2,
            ItemProcessor: machine({ Work: task() }),
            Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'More' }],
            End: true,
          },
          More: { Type: 'Map', ItemsPath: '$.more', ItemProcessor: machine({ Other: task() }), End: true },
        }),
        invokeTask: async (_resource, payload, { stateName }) => {
          calls.push(payload);
          await new Promise(setImmediate);
          if (stateName === 'Work') throw taskError('Failed', 'x');
          return payload;
        },
      },
      { items: ['a', 'b', 'c', 'd', 'e', 'f'], more: ['y', 'z'] },
    );
    expect(calls).to.deep.equal(['a', 'b', 'y', 'z']);
    expect(description).to.include({ status: 'SUCCEEDED', output: '["y","z"]' });
  });

  describe('keeps to 256 KiB', () => {
    const limit = 262_144;
    const text = (bytes: number) => 'x'.repeat(bytes - 2);

    it('for the result of a task', async () => {
      const exact = await run({ definition: machine({ Work: task() }), invokeTask: async () => text(limit) });
      expect(exact.description.status).to.equal('SUCCEEDED');
      await stack?.close();
      const { description } = await run({
        definition: machine({ Work: task() }),
        invokeTask: async () => text(limit + 1),
      });
      expect(description).to.include({
        status: 'FAILED',
        error: 'States.DataLimitExceeded',
        cause: `The state/task '${FUNCTION_ARN}' returned a result with a size exceeding the maximum number of bytes service limit.`,
      });
    });

    it('for the output of a state, which nothing can catch', async () => {
      const { stack, executionArn, description } = await run(
        {
          definition: machine({
            Items: {
              Type: 'Map',
              ItemProcessor: machine({ Work: task() }),
              Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
              Next: 'Caught',
            },
            Caught: { Type: 'Succeed' },
          }),
          invokeTask: async () => text(limit / 2),
        },
        [1, 2],
      );
      expect(description).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(description.cause).to.contain("The state/task 'Items'");
      expect(outlineOf(stack, executionArn)).to.not.include('SucceedStateEntered');
    });

    it('for the input of a task after Parameters', async () => {
      let calls = 0;
      const { description } = await run(
        {
          definition: machine({ Work: task({ Parameters: { 'a.$': '$.a', 'b.$': '$.a' }, End: true }) }),
          invokeTask: async () => {
            calls += 1;
          },
        },
        { a: text(limit / 2 + 100) },
      );
      expect(description).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(calls).to.equal(0);
    });
  });

  it('ends at 25,000 history events as AWS does', async () => {
    const { stack, executionArn, description } = await run({
      definition: machine({
        Again: {
          Type: 'Choice',
          Choices: [{ Variable: '$.enough', IsPresent: true, Next: 'Done' }],
          Default: 'Again',
        },
        Done: { Type: 'Succeed' },
      }),
    });
    expect(description).to.include({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    const events = await stack.history(executionArn);
    expect(events).to.have.length(25_000);
    expect(events.at(-1)?.type).to.equal('ExecutionFailed');
  });

  it('sees the real context object, in nested Maps too', async () => {
    const seen: unknown[] = [];
    const { executionArn } = await run(
      {
        definition: machine({
          Outer: {
            Type: 'Map',
            ItemsPath: '$.outer',
            ItemProcessor: machine({
              Inner: {
                Type: 'Map',
                ItemSelector: {
                  'item.$': '$$.Map.Item.Value',
                  'index.$': '$$.Map.Item.Index',
                  'enteredAt.$': '$$.State.EnteredTime',
                  'state.$': '$$.State.Name',
                },
                ItemProcessor: machine({
                  Work: task({
                    Parameters: {
                      'selected.$': '$',
                      'id.$': '$$.Execution.Id',
                      'name.$': '$$.Execution.Name',
                      'input.$': '$$.Execution.Input',
                      'startTime.$': '$$.Execution.StartTime',
                      'roleArn.$': '$$.Execution.RoleArn',
                      'machine.$': '$$.StateMachine.Name',
                      'machineId.$': '$$.StateMachine.Id',
                      'state.$': '$$.State.Name',
                      'retries.$': '$$.State.RetryCount',
                    },
                    Retry: [{ ErrorEquals: ['TransientError'], IntervalSeconds: 1, MaxAttempts: 1 }],
                    End: true,
                  }),
                }),
                End: true,
              },
            }),
            End: true,
          },
        }),
        timeScale: 0.001,
        invokeTask: async (_resource, payload) => {
          seen.push(payload);
          if (seen.length === 1) throw taskError('TransientError', 'once');
          return null;
        },
      },
      { outer: [['a', 'b']] },
    );
    const description = stack === undefined ? undefined : await describeExecution(stack, executionArn);
    const common = {
      id: executionArn,
      name: 'goal-1',
      input: { outer: [['a', 'b']] },
      startTime: description?.startDate?.toISOString().replace('.000Z', 'Z'),
      roleArn: 'arn:aws:iam::123456789012:role/workflow',
      machine: 'workflow',
      machineId: STATE_MACHINE_ARN,
      state: 'Work',
    };
    expect(seen).to.have.length(3);
    const [first, second, retried] = seen;
    expect(first).to.deep.include({ ...common, retries: 0 });
    expect(second).to.deep.include({ ...common, retries: 0 });
    expect(retried).to.deep.include({ ...common, retries: 1 });
    expect(first).to.have.property('selected').that.deep.includes({ item: 'a', index: 0, state: 'Inner' });
    expect(second).to.have.property('selected').that.deep.includes({ item: 'b', index: 1, state: 'Inner' });
    expect(first)
      .to.have.nested.property('selected.enteredAt')
      .that.matches(/^\d{4}-.*:\d\d(\.\d{3})?Z$/);
  });

  it('gives every item of a Map the time at which the Map was entered, not that of the item', async () => {
    const enteredTimes = new Set<unknown>();
    await run(
      {
        definition: machine({
          Items: {
            Type: 'Map',
            MaxConcurrency: 1,
            ItemSelector: { 'enteredAt.$': '$$.State.EnteredTime' },
            ItemProcessor: machine({ Work: task() }),
            End: true,
          },
        }),
        invokeTask: async (_resource, payload) => {
          enteredTimes.add(JSON.stringify(payload));
          await new Promise((resolve) => setTimeout(resolve, 5));
          return payload;
        },
      },
      [1, 2, 3],
    );
    expect(enteredTimes.size).to.equal(1);
  });

  it('tells invokeTask which execution and which state calls', async () => {
    const calls: unknown[] = [];
    const { executionArn } = await run(
      {
        definition: machine({
          Items: { Type: 'Map', ItemProcessor: machine({ Work: task() }), Next: 'After' },
          After: task({ Resource: `${FUNCTION_ARN}2`, End: true }),
        }),
        invokeTask: async (resource, payload, context) => {
          calls.push([resource, payload, context]);
          return 'done';
        },
      },
      ['x'],
    );
    expect(calls).to.deep.equal([
      [FUNCTION_ARN, 'x', { executionArn, stateName: 'Work' }],
      [`${FUNCTION_ARN}2`, ['done'], { executionArn, stateName: 'After' }],
    ]);
  });

  it('runs with 19 others of 24 tasks each, and none takes anything from another', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    let inFlight = 0;
    let most = 0;
    const running = await startTestStack({
      definition: machine({
        Items: {
          Type: 'Map',
          ItemsPath: '$.items',
          ItemSelector: { 'item.$': '$$.Map.Item.Value', 'owner.$': '$$.Execution.Input.owner' },
          MaxConcurrency: 24,
          ItemProcessor: machine({ Work: task() }),
          End: true,
        },
      }),
      invokeTask: async (_resource, payload) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setTimeout(resolve, 50));
        inFlight -= 1;
        return payload;
      },
    });
    stack = running;
    const items = Array.from({ length: 24 }, (_, index) => index + 1);
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
    const ends = await Promise.all(
      owners.map(async (owner) => {
        const input = JSON.stringify({ owner, items });
        const command = new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name: owner, input });
        return running.end((await running.client.send(command)).executionArn);
      }),
    );
    process.off('warning', onWarning);
    for (const { detail } of ends) {
      expect(JSON.parse(detail.output ?? '[]')).to.deep.equal(items.map((item) => ({ item, owner: detail.name })));
    }
    expect(most).to.be.above(100);
    expect(warnings).to.deep.equal([]);
  });
});
