import { expect } from 'chai';
import { LANGUAGES } from '../../i18n/language.ts';
import { emptyDraft, fill, newGoalOf } from '../draft.ts';
import { validate } from '../validate.ts';
import { loadTemplate, TEMPLATES } from './templates.ts';

describe('a template', () => {
  for (const language of LANGUAGES) {
    for (const name of TEMPLATES) {
      it(`${name} in ${language} is a whole chart: eight sub-goals of eight actions, some of them habits`, async () => {
        const draft = fill(emptyDraft, await loadTemplate(language, name));
        expect(validate(draft)).to.deep.equal([]);
        const { actions, description } = newGoalOf(draft);
        expect(actions).to.have.length(64);
        expect(new Set(actions.map(({ title }) => title)).size).to.equal(64);
        expect(new Set(actions.map(({ subGoal }) => subGoal)).size).to.equal(8);
        for (const text of [description, ...actions.map(({ title }) => title)]) {
          expect(/[\p{Script=Hiragana}\p{Script=Han}]/u.test(text), text).to.equal(language === 'ja');
        }
        expect(actions.filter(({ type }) => type === 'habit').length).to.be.within(12, 32);
      });
    }
  }
});
