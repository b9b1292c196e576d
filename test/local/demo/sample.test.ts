import { expect } from 'chai';
import english from '../../../local/demo/sample/goal.en.json' with { type: 'json' };
import japanese from '../../../local/demo/sample/goal.ja.json' with { type: 'json' };
import { sampleGoal } from '../../../local/demo/sample/sample.ts';
import { contract } from '../../support/stack/stack.ts';

/** The names of the sub-goals, in order, without repetitions in a row. */
const subGoalsOf = (goal: typeof english) =>
  goal.actions.map(({ subGoal }) => subGoal).filter((subGoal, index, all) => subGoal !== all[index - 1]);

describe('the sample goal', () => {
  for (const [language, goal, script] of [
    ['en', english, /^[\p{Script=Latin}\p{Script=Common}]+\.$/u],
    ['ja', japanese, /[\p{Script=Hiragana}\p{Script=Katakana}].*。$/u],
  ] as const) {
    it(`goal.${language}.json is a mandala chart that the API takes: 8 sub-goals of 8 different actions, in its language`, () => {
      expect(contract.schemaErrors(['components', 'schemas', 'NewGoal'], goal)).to.deep.equal([]);
      const subGoals = subGoalsOf(goal);
      expect(new Set(subGoals).size).to.equal(8).and.to.equal(subGoals.length);
      for (const name of subGoals) expect(goal.actions.filter(({ subGoal }) => subGoal === name)).to.have.length(8);
      for (const field of ['title', 'description'] as const)
        expect(new Set(goal.actions.map((action) => action[field])).size, field).to.equal(64);
      for (const { title, description } of goal.actions) expect(`${title} ${description}`).to.match(script);
      // No fault tag of the Bedrock mock.
      expect(JSON.stringify(goal)).not.to.contain('[ai:');
    });
  }

  it('is the same in both languages: types, sub-goals and numbers in the same places', () => {
    const shape = (goal: typeof english) => {
      const subGoals = subGoalsOf(goal);
      return goal.actions.map(({ type, subGoal }) => `${type} ${subGoals.indexOf(subGoal)}`);
    };
    expect(shape(japanese)).to.deep.equal(shape(english));
    const numbers = (text = '') => new Set(text.match(/\d{2,}/g));
    english.actions.forEach(({ title, description }, index) => {
      const translated = numbers(japanese.actions[index]?.description);
      for (const number of numbers(description)) expect(translated, title).to.include(number);
    });
  });

  it('gets a deadline a year from today, valid on a leap day as well', () => {
    expect(sampleGoal('en', new Date('2026-11-24T12:00:00Z')).deadline).to.equal('2027-11-24');
    const goal = sampleGoal('ja', new Date('2028-02-29T12:00:00Z'));
    expect(goal.deadline).to.equal('2029-03-01');
    expect(contract.schemaErrors(['components', 'schemas', 'NewGoal'], goal)).to.deep.equal([]);
  });
});
