import { expect } from 'chai';
import { NO_AI_FAULTS } from '../../local/aws/bedrock/settings.ts';
import { ExecutionHistory, engineEnd } from '../support/history.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';

/** Goals that run at once, of 24 AI calls at once each; the stage dev keeps 48 for the function that makes them. */
const GOALS = 3;
const RESERVED = 48;
const ACTIONS = 64;

describe('what AWS_FAULTS wants of the engine, of the AI and of Lambda', function () {
  this.timeout(120_000);
  const stack = useStack({
    TIME_SCALE: '0.1',
    AWS_FAULTS: '{"wholeSeconds":1,"aiSlow":0.25,"aiThrottle":0.125,"lambdaConcurrency":1,"seed":"7"}',
  });

  it('is done: every batch starts on a whole second, and the AI has the shares and the seed', async () => {
    const user = await signIn(stack().url, 'someone');
    const { goalId } = await user.createGoal(titles(16));
    const { executionArn } = (await user.start(goalId)).body;
    await engineEnd(stack(), executionArn);
    const inputs = new ExecutionHistory(stack(), executionArn).invocations('GenerateTasks').map(({ input }) => input);
    expect(inputs).to.have.length.at.least(16);
    for (const input of inputs) expect(Object(input).batchStartedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const { faults, seed } = stack().bedrock.settings();
    expect(faults).to.deep.include({ slow: 0.25, busy: 0.125, reset: 0 });
    expect(seed).to.equal('7');
  });

  it('throttles more AI calls than are reserved: they are tried again until all are done, never more than that at once', async () => {
    stack().bedrock.configure({ faults: NO_AI_FAULTS, latencyMs: 300 });
    const runs = await Promise.all(
      Array.from({ length: GOALS }, async (_, index) => {
        const user = await signIn(stack().url, `user-${index}`);
        const { goalId } = await user.createGoal(titles(ACTIONS));
        return { user, executionArn: (await user.start(goalId)).body.executionArn };
      }),
    );
    let throttled = 0;
    for (const { user, executionArn } of runs) {
      expect(await user.waitForEnd(executionArn)).to.deep.include({ status: 'SUCCEEDED', failedActions: [] });
      const tries = new ExecutionHistory(stack(), executionArn).invocations('GenerateTasks');
      throttled += tries.filter(({ error }) => error === 'Lambda.TooManyRequestsException').length;
    }
    expect(throttled).to.be.above(0);
    expect(stack().bedrock.concurrency.peak)
      .to.be.at.most(RESERVED)
      .and.above(RESERVED / 2);
    const counted = stack()
      .metrics()
      ['AWS/Lambda']?.filter(({ metricName }) => metricName === 'Throttles')
      .filter(({ dimensions }) => dimensions.FunctionName?.endsWith('-generate-tasks'));
    expect(counted?.map(({ sum }) => sum)).to.deep.equal([throttled]);
  });
});
