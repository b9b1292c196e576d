import { expect } from 'chai';
import { SAMPLE_USER, seedSampleGoal } from '../../../local/demo/seed.ts';
import { signIn, useStack } from '../../support/stack/stack.ts';

describe('the sample goal of make start', function () {
  this.timeout(300_000);
  const stack = useStack();

  it('is there once, as a draft of 64 actions, however often the stack starts', async () => {
    const { url } = stack();
    await seedSampleGoal(url, 'en');
    await seedSampleGoal(url, 'ja');
    const user = await signIn(url, SAMPLE_USER);
    const { items } = await user.listGoals();
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ status: 'draft', actionCount: 64 });
  });
});
