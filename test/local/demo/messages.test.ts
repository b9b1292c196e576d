import { expect } from 'chai';
import { languageOf, type Messages, messagesIn } from '../../../local/demo/messages.ts';

describe('languageOf', () => {
  it('follows DEMO_LANG before the locale, and the locale in the order of POSIX', () => {
    expect(languageOf({ DEMO_LANG: 'ja', LANG: 'en_US.UTF-8' })).to.equal('ja');
    expect(languageOf({ DEMO_LANG: 'en', LANG: 'ja_JP.UTF-8' })).to.equal('en');
    expect(languageOf({ LC_ALL: 'en_US.UTF-8', LANG: 'ja_JP.UTF-8' })).to.equal('en');
    expect(languageOf({ LC_MESSAGES: 'ja_JP.UTF-8', LANG: 'de_DE' })).to.equal('ja');
    expect(languageOf({ DEMO_LANG: '', LC_ALL: '', LANG: 'ja_JP.eucJP' })).to.equal('ja');
  });

  it('is English for every other language, and for none', () => {
    expect(languageOf({ LANG: 'fr_FR.UTF-8' })).to.equal('en');
    expect(languageOf({ LANG: 'C' })).to.equal('en');
    expect(languageOf({})).to.equal('en');
  });
});

/** Every message with arguments that are easy to find again. */
function texts(messages: Messages): Record<string, string> {
  return {
    usage: messages.usage,
    unknownOption: messages.unknownOption('--fast'),
    starting: messages.starting,
    ready: messages.ready('http://127.0.0.1:1', 1230),
    goalCreated: messages.goalCreated('TITLE', 64, 8),
    started: messages.started('ARN'),
    actions: messages.actions(3, 64),
    remaining: messages.remaining(99),
    minutes: messages.remaining(121),
    result: messages.result('PARTIALLY_SUCCEEDED'),
    saved: messages.saved(59, 64, 1234),
    failed: messages.failed(5),
    failure: messages.failure('TITLE', 'REASON', 'PermanentError'),
    took: messages.took(3149, 3000, 64),
    stateEntries: messages.stateEntries(143),
    cost: messages.cost(64, 51234, 0.1234),
    someTasks: messages.someTasks(3),
    action: messages.action('SUB', 'TITLE'),
    task: messages.task('TITLE', 15),
    next: messages.next,
    stopping: messages.stopping,
    stopped: messages.stopped,
    demoFailed: messages.demoFailed('WHY'),
    answered: messages.answered('GET /x', 500, 'WHY'),
    unreachable: messages.unreachable('GET /x', 'WHY'),
    unexpectedAnswer: messages.unexpectedAnswer('GET /x'),
    notEnded: messages.notEnded(16),
  };
}

describe('messagesIn', () => {
  const english = texts(messagesIn('en'));
  const japanese = texts(messagesIn('ja'));

  it('says the same facts in both languages: numbers, names, settings', () => {
    const facts = (text: string) => text.match(/[A-Z_]{2,}|\d+(?:[.,]\d+)*/g)?.sort() ?? [];
    for (const name of Object.keys(english).filter((key) => !['usage', 'next', 'cost', 'stateEntries'].includes(key))) {
      expect(facts(japanese[name] ?? ''), name).to.deep.equal(facts(english[name] ?? ''));
    }
    const settings = (text = '') => text.match(/^ {2}[A-Z_]+(?:=\w+)?/gm);
    expect(settings(japanese.usage)).to.deep.equal(settings(english.usage));
    expect(settings(english.usage)).to.have.lengthOf(6);
  });

  it('is written in its language', () => {
    for (const [name, text] of Object.entries(english)) expect(text, name).to.match(/^[\x20-\x7e\n]+$/);
    const words = Object.entries(japanese).filter(([name]) => !['action', 'failure'].includes(name));
    for (const [name, text] of words) {
      expect(text, name).to.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u);
    }
  });

  it('writes 1 action in the singular, and an action without a sub-goal without its mark', () => {
    expect(messagesIn('en').failed(1)).to.match(/1 action$/);
    for (const language of ['en', 'ja'] as const) {
      expect(messagesIn(language).action('', 'TITLE')).to.equal('  TITLE');
      expect(messagesIn(language).failure('TITLE', '', 'Error')).not.to.match(/: ?[(（]/);
    }
  });
});
