import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { createTimePrinter } from '../../../local/aws/step-functions/engine/context-time.ts';
import { until } from '../../support/until.ts';
import {
  describeExecution,
  FUNCTION_ARN,
  machine,
  outline,
  STATE_MACHINE_ARN,
  task,
  taskError,
  useStepFunctions,
} from './test-support.ts';

const CATCH_ALL = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];
const never = () => new Promise<never>(() => undefined);
const failing = (name: string, message: string) => async () => {
  throw taskError(name, message);
};

describe('an execution', () => {
  const { start, run } = useStepFunctions();

  for (const [what, state, invokeTask, error, cause] of [
    [
      'a Fail state',
      { Type: 'Fail', Error: 'Failed', Cause: 'nothing was saved' },
      never,
      'Failed',
      'nothing was saved',
    ],
    ['a Fail state without either', { Type: 'Fail' }, never, undefined, undefined],
    ['an error that nothing catches', task(), failing('ValidationError', 'no goal'), 'ValidationError', 'no goal'],
    ['a task that takes too long', task({ TimeoutSeconds: 1, End: true }), never, 'States.Timeout', undefined],
  ] as const) {
    it(`fails with the error and cause of ${what}`, async () => {
      const definition = machine({ Only: state });
      const { description, events } = await run({ definition, invokeTask, timeScale: 0.1 });
      expect([description.status, description.error, description.cause]).to.deep.equal(['FAILED', error, cause]);
      const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
      expect(events.at(-1)?.executionFailedEventDetails).to.deep.equal(details);
    });
  }

  it('fails with States.Runtime, caught by nothing, when a path leads nowhere', async () => {
    const states = { Work: task({ InputPath: '$.none', Catch: CATCH_ALL, End: true }), Caught: { Type: 'Succeed' } };
    const { description } = await run({ definition: machine(states) });
    expect(description.error).to.equal('States.Runtime');
    expect(description.cause).to.include('$.none');
  });

  for (const [what, invokeTask, error, cause] of [
    ['of a task that timed out, without a cause', never, 'States.Timeout', ''],
    ['of another name with its message', failing('TransientError', 'busy'), 'TransientError', 'busy'],
    ['of that name from a Lambda with its message', failing('States.Timeout', 'says so'), 'States.Timeout', 'says so'],
  ] as const) {
    it(`catches an error ${what}`, async () => {
      const Work = task({ TimeoutSeconds: 1, Catch: CATCH_ALL, End: true });
      const definition = machine({ Work, Caught: { Type: 'Pass', End: true } });
      const { description } = await run({ definition, timeScale: 0.1, invokeTask });
      expect(JSON.parse(description.output ?? '')).to.deep.equal({ error: { Error: error, Cause: cause } });
    });
  }

  it('retries a task that timed out, each try with its own time, and drops the late answer', async () => {
    const answers: ((value: unknown) => void)[] = [];
    const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }];
    const { description, events } = await run({
      definition: machine({ Work: task({ TimeoutSeconds: 1, Retry, End: true }) }),
      timeScale: 0.1,
      invokeTask: () => {
        for (const answer of answers) answer('late');
        return answers.length > 0 ? Promise.resolve('second') : new Promise((resolve) => answers.push(resolve));
      },
    });
    expect(description).to.include({ status: 'SUCCEEDED', output: '"second"' });
    expect(events.filter(({ type }) => type === 'LambdaFunctionTimedOut')).to.have.length(1);
    expect(events.filter(({ type }) => type === 'LambdaFunctionSucceeded')).to.have.length(1);
  });

  it('ends as TIMED_OUT, without error and cause, at the TimeoutSeconds of the state machine', async () => {
    const definition = { ...machine({ Work: task() }), TimeoutSeconds: 900 };
    const { description, events } = await run({ definition, timeScale: 0.0001, invokeTask: never });
    expect(description).to.include({ status: 'TIMED_OUT', redriveStatus: 'REDRIVABLE' });
    expect([description.error, description.cause]).to.deep.equal([undefined, undefined]);
    expect(events.at(-1)).to.deep.include({
      type: 'ExecutionTimedOut',
      previousEventId: 0,
      executionTimedOutEventDetails: { error: 'States.Timeout' },
    });
  });

  describe('after its end', () => {
    it('invokes nothing when a retry would have come', async () => {
      let calls = 0;
      const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 50, BackoffRate: 1 }];
      const { stack, executionArn } = await start({
        definition: machine({ Work: task({ Retry, End: true }) }),
        timeScale: 0.02,
        invokeTask: async () => {
          calls += 1;
          throw taskError('TransientError', 'again');
        },
      });
      await until(() => calls === 2);
      await stack.client.send(new StopExecutionCommand({ executionArn }));
      const events = (await stack.history(executionArn)).length;
      await new Promise((resolve) => setTimeout(resolve, 100)); // five times the retry's wait
      expect(calls).to.equal(2);
      expect(await stack.history(executionArn)).to.have.length(events);
    });

    it('starts no further items of a Map and enters no further state, whatever is answered', async () => {
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
  });

  it('starts no queued items once a Map has failed and the execution goes on', async () => {
    const calls: unknown[] = [];
    const items = { Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 2, ItemProcessor: machine({ Work: task() }) };
    const more = { Type: 'Map', ItemsPath: '$.more', ItemProcessor: machine({ Other: task() }), End: true };
    const { description } = await run(
      {
        definition: machine({ Items: { ...items, Catch: CATCH_ALL, End: true }, Caught: more }),
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
    const works = machine({ Work: task() });

    it('for the result of a task', async () => {
      const exact = await run({ definition: works, invokeTask: async () => text(limit) });
      expect(exact.description.status).to.equal('SUCCEEDED');
      const { description } = await run({ definition: works, invokeTask: async () => text(limit + 1) });
      expect(description).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(description.cause).to.contain(`The state/task '${FUNCTION_ARN}' returned a result with a size exceeding`);
    });

    it('for the output of a state, which nothing can catch', async () => {
      const Items = { Type: 'Map', ItemProcessor: works, Catch: CATCH_ALL, Next: 'Caught' };
      const definition = machine({ Items, Caught: { Type: 'Succeed' } });
      const { description, events } = await run({ definition, invokeTask: async () => text(limit / 2) }, [1, 2]);
      expect(description).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(description.cause).to.contain("The state/task 'Items'");
      expect(outline(events)).to.not.include('SucceedStateEntered Caught');
    });

    it('for the input of a task after Parameters', async () => {
      const Parameters = { 'a.$': '$.a', 'b.$': '$.a' };
      const definition = machine({ Work: task({ Parameters, End: true }) });
      const { description, events } = await run({ definition }, { a: text(limit / 2 + 100) });
      expect(description).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(outline(events)).to.not.include('LambdaFunctionScheduled');
    });
  });

  it('ends at 25,000 history events as AWS does', async () => {
    const Choices = [{ Variable: '$.enough', IsPresent: true, Next: 'Done' }];
    const Again = { Type: 'Choice', Choices, Default: 'Again' };
    const { description, events } = await run({ definition: machine({ Again, Done: { Type: 'Succeed' } }) });
    expect(description).to.include({ status: 'FAILED', error: 'States.Runtime' });
    expect(description.cause).to.equal('The execution reached the maximum number of history events (25000).');
    expect([events.length, events.at(-1)?.type]).to.deep.equal([25_000, 'ExecutionFailed']);
  });

  /** What a task in an item sees of the context object; `map` is when and where the Map's ItemSelector saw it. */
  const SEEN = {
    'map.$': '$',
    'id.$': '$$.Execution.Id',
    'name.$': '$$.Execution.Name',
    'input.$': '$$.Execution.Input',
    'startTime.$': '$$.Execution.StartTime',
    'roleArn.$': '$$.Execution.RoleArn',
    'machine.$': '$$.StateMachine.Name',
    'machineId.$': '$$.StateMachine.Id',
    'state.$': '$$.State.Name',
    'enteredAt.$': '$$.State.EnteredTime',
    'retries.$': '$$.State.RetryCount',
  };
  const Retry = [{ ErrorEquals: ['TransientError'], IntervalSeconds: 1, MaxAttempts: 1 }];
  const NESTED = machine({
    Outer: {
      Type: 'Map',
      ItemsPath: '$.outer',
      ItemProcessor: machine({
        Inner: {
          Type: 'Map',
          MaxConcurrency: 1,
          ItemSelector: { 'index.$': '$$.Map.Item.Index', 'at.$': '$$.State.EnteredTime', 'state.$': '$$.State.Name' },
          ItemProcessor: machine({ Work: task({ Parameters: SEEN, Retry, End: true }) }),
          End: true,
        },
      }),
      End: true,
    },
  });
  /** What the calls of the nested task see, the first of which fails. */
  async function seenBy(isWholeSecond: () => boolean) {
    const seen: { map: { at: string }; enteredAt: string; startTime: string; retries: number }[] = [];
    const { executionArn, description } = await run(
      {
        definition: NESTED,
        timeScale: 0.001,
        isWholeSecond,
        invokeTask: async (_resource, payload) => {
          seen.push(JSON.parse(JSON.stringify(payload)));
          await new Promise((resolve) => setTimeout(resolve, 2));
          if (seen.length === 1) throw taskError('TransientError', 'once');
        },
      },
      { outer: [['a', 'b']] },
    );
    return { seen, executionArn, startDate: description.startDate };
  }

  it('sees the real context object, in nested Maps too, and the time at which the Map was entered in each item', async () => {
    const { seen, executionArn, startDate } = await seenBy(() => false);
    const [{ map: { at = '' } = {} } = {}] = seen;
    expect(at).to.match(/^\d{4}-.*:\d\d(\.\d{3})?Z$/);
    const common = {
      id: executionArn,
      name: 'goal-1',
      input: { outer: [['a', 'b']] },
      startTime: createTimePrinter(() => false)(Number(startDate)),
      roleArn: 'arn:aws:iam::123456789012:role/workflow',
      machine: 'workflow',
      machineId: STATE_MACHINE_ARN,
      state: 'Work',
    };
    expect(seen.map(({ enteredAt, ...rest }) => rest)).to.deep.equal([
      { ...common, retries: 0, map: { index: 0, at, state: 'Inner' } },
      { ...common, retries: 1, map: { index: 0, at, state: 'Inner' } },
      { ...common, retries: 0, map: { index: 1, at, state: 'Inner' } },
    ]);
  });

  it('sees times without a fraction where it is zero, as often as it is told to', async () => {
    const print = createTimePrinter(() => false);
    expect(print(Date.UTC(2026, 1, 3, 4, 5, 6, 100))).to.equal('2026-02-03T04:05:06.100Z');
    expect(print(Date.UTC(2026, 1, 3, 4, 5, 6))).to.equal('2026-02-03T04:05:06Z');
    const { seen } = await seenBy(() => true);
    const times = seen.flatMap(({ map, enteredAt, startTime }) => [map.at, enteredAt, startTime]);
    expect(times).to.have.length(9);
    for (const time of times) {
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      // It is the next second, so that no batch loses time by it.
      expect(Date.parse(time))
        .to.be.above(Date.now() - 900)
        .and.below(Date.now() + 1000);
    }
  });
});
