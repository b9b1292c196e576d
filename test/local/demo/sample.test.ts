import { join } from 'node:path';
import { expect } from 'chai';
import english from '../../../local/demo/sample/goal.en.json' with { type: 'json' };
import japanese from '../../../local/demo/sample/goal.ja.json' with { type: 'json' };
import { sampleGoal } from '../../../local/demo/sample/sample.ts';
import { createContract } from '../../contract.ts';

const contract = createContract(join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.yaml'));
const GOALS = [
  {
    language: 'en',
    goal: english,
    sentence: /^[^.。]+(\.\d+[^.。]*)?\.$/,
    script: /^[\p{Script=Latin}\p{Script=Common}]+$/u,
  },
  { language: 'ja', goal: japanese, sentence: /^[^。]+。$/, script: /[\p{Script=Hiragana}\p{Script=Katakana}]/u },
] as const;

/** The names of the sub-goals, in order, without repetitions in a row. */
function subGoalsOf(goal: typeof english): string[] {
  return goal.actions.map(({ subGoal }) => subGoal).filter((subGoal, index, all) => subGoal !== all[index - 1]);
}

describe('the sample goal', () => {
  for (const { language, goal, sentence, script } of GOALS) {
    describe(`goal.${language}.json`, () => {
      it('is a goal that the API takes', () => {
        contract.checkRequest('POST', '/api/goals', goal);
      });

      it('has 64 actions with titles and descriptions of their own', () => {
        expect(new Set(goal.actions.map(({ title }) => title))).to.have.lengthOf(64);
        expect(new Set(goal.actions.map(({ description }) => description))).to.have.lengthOf(64);
        expect(goal.actions).to.have.lengthOf(64);
      });

      it('is a mandala chart: 8 sub-goals of 8 actions, one after the other', () => {
        const subGoals = subGoalsOf(goal);
        expect(new Set(subGoals)).to.have.lengthOf(8);
        expect(subGoals).to.have.lengthOf(8);
        for (const name of subGoals) {
          expect(
            goal.actions.filter(({ subGoal }) => subGoal === name),
            name,
          ).to.have.lengthOf(8);
        }
      });

      it('describes every action in one sentence, in its language', () => {
        for (const { title, description } of goal.actions) {
          expect(description).to.match(sentence);
          expect(`${title} ${description}`).to.match(script);
        }
      });

      it('has no fault tag of the Bedrock mock', () => {
        expect(JSON.stringify(goal)).not.to.contain('[ai:');
      });
    });
  }

  it('is the same in both languages: types and sub-goals in the same places', () => {
    const shape = (goal: typeof english) => {
      const subGoals = subGoalsOf(goal);
      return goal.actions.map(({ type, subGoal }) => `${type} ${subGoals.indexOf(subGoal)}`);
    };
    expect(shape(japanese)).to.deep.equal(shape(english));
  });

  it('is the same in both languages: every number of more than one digit appears in both', () => {
    const numbers = (text: string) => new Set(text.match(/\d{2,}/g));
    english.actions.forEach((action, index) => {
      const translated = numbers(japanese.actions[index]?.description ?? '');
      for (const number of numbers(action.description)) expect(translated, action.title).to.include(number);
    });
  });

  it('gets a deadline a year from today, valid on a leap day as well', () => {
    expect(sampleGoal('en', new Date('2026-11-24T12:00:00Z')).deadline).to.equal('2027-11-24');
    const goal = sampleGoal('ja', new Date('2028-02-29T12:00:00Z'));
    expect(goal.deadline).to.equal('2029-03-01');
    contract.checkRequest('POST', '/api/goals', goal);
  });
});
