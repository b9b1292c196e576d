import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { estimateGoal } from '../src/estimate.ts';

const model = { modelId: 'the-model', prices: { input: 2, output: 10 } };
const known = Promise.resolve({ inputTokens: 500, outputTokens: 250, waveMs: 20_100 });
const unknown = Promise.resolve(undefined);

describe('estimateGoal', () => {
  const { db, givenGoal, givenExecution } = useTables();

  it('multiplies what an action and a wave took of late by what a start would run, at the prices of the model', async () => {
    expect(await estimateGoal(db, await givenGoal(25), known, model)).to.deep.equal({
      actions: 25,
      usd: (25 * (500 * 2 + 250 * 10)) / 1e6,
      seconds: 41,
      modelId: 'the-model',
      inputTokensPerAction: 500,
      outputTokensPerAction: 250,
      inputUsdPerMillionTokens: 2,
      outputUsdPerMillionTokens: 10,
      basis: 'recent_runs',
    });
  });

  it('goes by what is typical before the first run', async () => {
    const typical = { inputTokensPerAction: 900, outputTokensPerAction: 300, basis: 'typical' };
    const usd = (64 * (900 * 2 + 300 * 10)) / 1e6;
    expect(await estimateGoal(db, await givenGoal(64), unknown, model)).to.include({ ...typical, usd, seconds: 45 });
  });

  for (const [what, options, actions] of [
    ['all of them, of a draft', { saved: [], ended: { ...BY_OUTCOME, status: 'FAILED' } }, 3],
    ['those without tasks', { saved: [1], ended: BY_OUTCOME }, 2],
    ['those without tasks yet, while an execution runs', { saved: [0] }, 2],
    ['none, of an active goal', { saved: [0, 1, 2], ended: BY_OUTCOME }, 0],
  ] as const)
    it(`counts of the actions ${what}`, async () => {
      const execution = await givenExecution({ actionCount: 3, ...options });
      const answer = await estimateGoal(db, execution, known, model);
      expect(answer).to.include({ actions, seconds: actions === 0 ? 0 : 21, basis: 'recent_runs' });
      expect(answer.usd).to.equal((actions * 3_500) / 1e6);
    });

  it('is nobody else’s business (rule 5)', async () => {
    const { goalId } = await givenGoal();
    const of = { goalId, userId: 'someone else' };
    expectRefusal(await failureOf(estimateGoal(db, of, known, model)), 404, 'goal_not_found');
  });
});
