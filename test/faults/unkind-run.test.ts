import { expect } from 'chai';
import { AiScript } from '../support/ai-script.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { AI_NEVER_FAILS, startFor, unkind } from '../support/stack/unkind.ts';

/** Batches that all start on a whole second; how the AI fails is in the script. */
const UNKIND = unkind({ ...AI_NEVER_FAILS, wholeSeconds: 1 });
/** Connections break twice before an action has its answer. */
const BROKEN = ['reset', 'cut'] as const;

describe('a run on services as unkind as AWS', function () {
  this.timeout(120_000);
  const script = new AiScript();
  const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '50', ...UNKIND }, { ai: script.ai });

  it('saves every action: times without a fraction and broken connections to the AI end none', async () => {
    const runs = await Promise.all(
      ['one', 'another'].map(async (name) => {
        const actions = titles(16, () => `for ${name}`);
        for (const title of actions)
          script.plan(title, (call) => {
            const fault = BROKEN[call - 1];
            return fault === undefined ? {} : { fault };
          });
        const user = await signIn(stack().url, name, { isPatient: true });
        const { goalId } = await user.createGoal(actions);
        return { user, executionArn: await startFor(user, goalId) };
      }),
    );
    for (const { user, executionArn } of runs)
      expect(await user.waitForEnd(executionArn)).to.deep.include({ status: 'SUCCEEDED', failedActions: [] });
  });
});
