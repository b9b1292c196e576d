import { expect } from 'chai';
import { signIn, titles, useStack } from '../support/stack.ts';
import { unkind } from '../support/unkind.ts';

/** Batches that all start on a whole second, and an AI whose connections break ten times as often as elsewhere. */
const FAULTS = { wholeSeconds: 1, aiReset: 0.05, aiCut: 0.05, statesOutage: 0, snsOutage: 0 };

describe('a run on services as unkind as AWS', function () {
  this.timeout(120_000);
  const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '50', ...unkind(FAULTS) });

  it('saves every action: times without a fraction and broken connections to the AI end none', async () => {
    const runs = await Promise.all(
      ['one', 'another'].map(async (name) => {
        const user = await signIn(stack().url, name);
        const { goalId } = await user.createGoal(titles(16));
        return { user, executionArn: (await user.start(goalId)).body.executionArn };
      }),
    );
    for (const { user, executionArn } of runs)
      expect(await user.waitForEnd(executionArn)).to.deep.include({ status: 'SUCCEEDED', failedActions: [] });
  });
});
