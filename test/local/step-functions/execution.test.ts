import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { until } from '../../support/until.ts';
import {
  describeExecution,
  FUNCTION_ARN,
  machine,
  outline,
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
    ['of that name from a Lambda with its message', failing('States.Timeout', 'says so'), 'States.Timeout', 'says so'],
  ] as const) {
    it(`catches an error ${what}`, async () => {
      const Work = task({ TimeoutSeconds: 1, Catch: CATCH_ALL, End: true });
      const definition = machine({ Work, Caught: { Type: 'Pass', End: true } });
      const { description } = await run({ definition, timeScale: 0.1, invokeTask });
      expect(JSON.parse(description.output ?? '')).to.deep.equal({ error: { Error: error, Cause: cause } });
    });
  }

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

  it('keeps to 256 KiB in the result of a task, the output of a state and the input of a task', async () => {
    const limit = 262_144;
    const text = (bytes: number) => 'x'.repeat(bytes - 2);
    const works = machine({ Work: task() });
    const exact = await run({ definition: works, invokeTask: async () => text(limit) });
    expect(exact.description.status).to.equal('SUCCEEDED');
    const Items = { Type: 'Map', ItemProcessor: works, Catch: CATCH_ALL, Next: 'Caught' };
    const Parameters = { 'a.$': '$.a', 'b.$': '$.a' };
    for (const [definition, answer, input, cause, notReached] of [
      [
        works,
        text(limit + 1),
        {},
        `The state/task '${FUNCTION_ARN}' returned a result with a size`,
        'TaskStateExited Work',
      ],
      [
        machine({ Items, Caught: { Type: 'Succeed' } }),
        text(limit / 2),
        [1, 2],
        "The state/task 'Items'",
        'SucceedStateEntered Caught',
      ],
      [
        machine({ Work: task({ Parameters, End: true }) }),
        '',
        { a: text(limit / 2 + 100) },
        '',
        'LambdaFunctionScheduled',
      ],
    ] as const) {
      const { description, events } = await run({ definition, invokeTask: async () => answer }, input);
      expect(description).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(description.cause).to.contain(cause);
      expect(outline(events)).to.not.include(notReached);
    }
  });
});
