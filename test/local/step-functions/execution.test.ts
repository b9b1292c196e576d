import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { allStates, parseDefinition, scaleDefinition } from '../../../local/aws/step-functions/engine/definition.ts';
import { checkDefinition } from '../../../local/aws/step-functions/validation.ts';
import { until } from '../../support/until.ts';
import { FUNCTION_ARN, machine, outline, task, taskError, useStepFunctions } from './test-support.ts';

const CATCH_ALL = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];
const never = () => new Promise<never>(() => undefined);
const failing = (name: string, message: string) => async () => {
  throw taskError(name, message);
};
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe('a definition', () => {
  it('gives a task at least a second, one without a timeout the longest timer there is, and no timer a longer one', () => {
    const states = { Work: task({ TimeoutSeconds: 120, Next: 'Unlimited' }), Unlimited: task() };
    const definition = parseDefinition(machine(states));
    const statesOf = (timeScale: number) => Object.fromEntries(allStates(scaleDefinition(definition, timeScale)));
    expect(statesOf(0.001).Work).to.include({ TimeoutSeconds: 1 });
    expect(statesOf(1).Unlimited).to.include({ TimeoutSeconds: 2_147_483 });
    expect(scaleDefinition({ ...definition, TimeoutSeconds: 99_999_999 }, 1).TimeoutSeconds).to.equal(2_147_483);
  });

  it('is refused when it is none, or one that the local stack does not run', async () => {
    const branch = machine({ Only: { Type: 'Succeed' } });
    const both = { Type: 'Parallel', Branches: [branch], End: true };
    for (const other of [{ ...branch, QueryLanguage: 'JSONata' }, machine({ Both: both })])
      expect(() => parseDefinition(other)).to.throw(/JSONPath without Parallel states only/);
    const none = await checkDefinition({ StartAt: 'Missing', States: {} });
    expect(none).to.be.an('error').with.property('message').that.includes('definition is invalid');
    expect(await checkDefinition(branch)).to.equal(undefined);
  });
});

describe('an execution', () => {
  const { open, run } = useStepFunctions();

  for (const [what, state, invokeTask, error, cause] of [
    ['a Fail state', { Type: 'Fail', Error: 'Failed', Cause: 'nothing saved' }, never, 'Failed', 'nothing saved'],
    ['an error that nothing catches', task(), failing('ValidationError', 'no goal'), 'ValidationError', 'no goal'],
    ['a task that takes too long', task({ TimeoutSeconds: 1, End: true }), never, 'States.Timeout', undefined],
  ] as const) {
    it(`fails with the error and cause of ${what}`, async () => {
      const definition = machine({ Only: state });
      const { description, events } = await run({ definition, invokeTask, timeScale: 0.1 });
      expect([description.status, description.error, description.cause]).to.deep.equal(['FAILED', error, cause]);
      const details = { error, ...(cause === undefined ? {} : { cause }) };
      expect(events.at(-1)?.executionFailedEventDetails).to.deep.equal(details);
    });
  }

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

  it('that is stopped starts no further items of a Map and enters no further state, whatever is answered', async () => {
    const calls: unknown[] = [];
    const answers: (() => void)[] = [];
    const { client, start, end, history } = await open({
      definition: machine({
        Items: { Type: 'Map', MaxConcurrency: 2, ItemProcessor: machine({ Work: task() }), End: true },
      }),
      invokeTask: (_resource, payload) => {
        calls.push(payload);
        return new Promise((resolve) => answers.push(() => resolve(payload)));
      },
    });
    const executionArn = await start([1, 2, 3, 4, 5]);
    await until(() => calls.length === 2);
    const stop = (error: string) => client.send(new StopExecutionCommand({ executionArn, error }));
    const { stopDate } = await stop('ABORT');
    for (const answer of answers) answer();
    await end(executionArn);
    await new Promise(setImmediate);
    expect(calls).to.deep.equal([1, 2]);
    expect(await stop('again')).to.deep.include({ stopDate });
    expect((await history(executionArn)).at(-1)?.executionAbortedEventDetails).to.deep.equal({ error: 'ABORT' });
  });

  it('tells which item failed a Map, starts no further ones, and hears nothing more of the others', async () => {
    const calls: unknown[] = [];
    const items = { Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 2, ItemProcessor: machine({ Work: task() }) };
    const more = { Type: 'Map', ItemsPath: '$.more', ItemProcessor: machine({ Other: task() }), End: true };
    const { description, events } = await run(
      {
        definition: machine({ Items: { ...items, Catch: CATCH_ALL, End: true }, Caught: more }),
        invokeTask: async (_resource, payload) => {
          calls.push(payload);
          if (payload === 'b') throw taskError('PermanentError', 'no');
          await pause(payload === 'a' ? 5 : 20);
          return payload;
        },
      },
      { items: ['a', 'b', 'c', 'd', 'e', 'f'], more: ['y', 'z'] },
    );
    expect(calls).to.deep.equal(['a', 'b', 'y', 'z']);
    expect(description).to.include({ status: 'SUCCEEDED', output: '["y","z"]' });
    const [failed, iteration, map, ...after] = events.slice(
      events.findIndex(({ type }) => type === 'LambdaFunctionFailed'),
    );
    expect(iteration?.mapIterationFailedEventDetails).to.deep.equal({ name: 'Items', index: 1 });
    expect([map?.type, map?.previousEventId]).to.deep.equal(['MapStateFailed', failed?.id]);
    expect(outline(after).slice(0, 2)).to.deep.equal(['MapStateExited Items', 'MapStateEntered Caught']);
    expect(outline(after).filter((each) => each === 'LambdaFunctionSucceeded')).to.have.length(2);
  });

  it('keeps to 256 KiB in the result of a task, the output of a state and the input of a task', async () => {
    const text = (bytes: number) => 'x'.repeat(bytes - 2);
    const limit = 262_144;
    const works = machine({ Work: task() });
    const exact = await run({ definition: works, invokeTask: async () => text(limit) });
    expect(exact.description.status).to.equal('SUCCEEDED');
    const Items = { Type: 'Map', ItemProcessor: works, Catch: CATCH_ALL, Next: 'Caught' };
    const mapped = machine({ Items, Caught: { Type: 'Succeed' } });
    const doubled = machine({ Work: task({ Parameters: { 'a.$': '$.a', 'b.$': '$.a' }, End: true }) });
    for (const [definition, answer, input, cause, notReached] of [
      [works, text(limit + 1), {}, `'${FUNCTION_ARN}' returned a result with a size`, 'TaskStateExited Work'],
      [mapped, text(limit / 2), [1, 2], "The state/task 'Items'", 'SucceedStateEntered Caught'],
      [doubled, '', { a: text(limit / 2 + 100) }, '', 'LambdaFunctionScheduled'],
    ] as const) {
      const { description, events } = await run({ definition, invokeTask: async () => answer }, input);
      expect(description).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(description.cause).to.contain(cause);
      expect(outline(events)).to.not.include(notReached);
    }
  });
});
