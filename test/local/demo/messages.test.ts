import { expect } from 'chai';
import { languageOf, messagesIn } from '../../../local/demo/messages.ts';

describe('languageOf', () => {
  it('follows DEMO_LANG before the locale, the locale in the order of POSIX, and is English for every other one', () => {
    for (const [environment, language] of [
      [{ DEMO_LANG: 'ja', LANG: 'en_US.UTF-8' }, 'ja'],
      [{ DEMO_LANG: 'en', LANG: 'ja_JP.UTF-8' }, 'en'],
      [{ LC_ALL: 'en_US.UTF-8', LANG: 'ja_JP.UTF-8' }, 'en'],
      [{ LC_MESSAGES: 'ja_JP.UTF-8', LANG: 'de_DE' }, 'ja'],
      [{ DEMO_LANG: '', LC_ALL: '', LANG: 'ja_JP.eucJP' }, 'ja'],
      [{ LANG: 'fr_FR.UTF-8' }, 'en'],
      [{}, 'en'],
    ] as const)
      expect(languageOf(environment), JSON.stringify(environment)).to.equal(language);
  });
});

/** Every message, with numbers that are easy to find again. */
const texts = (language: 'en' | 'ja') =>
  Object.entries(messagesIn(language)).map(([name, message]) => {
    const text: unknown = typeof message === 'string' ? message : Reflect.apply(message, undefined, [37, 641, 1230]);
    return [name, String(text)] as const;
  });

describe('messagesIn', () => {
  it('says the same facts in both languages, each in its own: numbers, names, settings', () => {
    const facts = (text = '') => text.match(/[A-Z_]{2,}|\d+(?:[.,]\d+)*/g)?.sort() ?? [];
    const japanese = new Map(texts('ja'));
    for (const [name, text] of texts('en')) {
      const other = japanese.get(name) ?? '';
      expect(text, name).to.match(/^[\x20-\x7e\n]+$/);
      if (!['action', 'failure'].includes(name))
        expect(other, name).to.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u);
      if (!['usage', 'next', 'cost', 'result', 'stateEntries'].includes(name))
        expect(facts(other), name).to.deep.equal(facts(text));
    }
    const settings = (text: string) => text.match(/^ {2}[A-Z_]+(?:=\w+)?/gm);
    expect(settings(messagesIn('ja').usage))
      .to.deep.equal(settings(messagesIn('en').usage))
      .and.to.have.length(6);
  });
});
