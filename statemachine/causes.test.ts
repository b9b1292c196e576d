import { expect } from 'chai';
import { scriptedRun } from '../test/support/scripted-run.ts';
import definition from './definition.asl.json' with { type: 'json' };

describe('an error without a cause, as AWS gives it of a timeout', () => {
  it('reaches AggregateResults from an action whose failure could not be recorded', async () => {
    const { end, calls } = await scriptedRun(
      (state) =>
        ({ GenerateTasks: { error: 'BatchTimeout', cause: '' }, ActionFailed: { error: 'PermanentError', cause: '' } })[
          state
        ],
    );
    const failure = { Error: 'BatchTimeout', Cause: '' };
    const result = { actionId: 'a', position: 0, outcome: 'FAILED', taskCount: 0, failure };
    const input = { executionArn: 'arn', goalId: 'g', results: [[result]] };
    expect(calls.get('AggregateResults')?.map((call) => call.input)).to.deep.equal([input]);
    expect(end?.type).to.equal('ExecutionSucceeded');
  });

  it('reaches HandleError from a step outside the Maps', async () => {
    const { end, calls } = await scriptedRun((state) =>
      state === 'GetActions' ? { error: 'PermanentError', cause: '' } : undefined,
    );
    const [call] = calls.get('HandleError') ?? [];
    expect(Reflect.get(Object(call?.input), 'error')).to.deep.equal({ Error: 'PermanentError', Cause: '' });
    expect(end?.type).to.equal('ExecutionFailed');
  });

  it('is read by Lambda code alone: a path to a cause that is not there would end the execution', () => {
    expect(JSON.stringify(definition)).not.to.match(/\$[^"]*\.Cause/);
  });
});
