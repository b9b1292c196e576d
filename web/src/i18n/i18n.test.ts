import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError, ConnectionError, UnexpectedAnswer } from '@goal-activity/client/errors.ts';
import { LIMITS } from '@goal-activity/core/schema.ts';
import { expect } from 'chai';
import { InMemoryWebStorage } from 'oidc-client-ts';
import { parse } from 'yaml';
import { en } from './en/en.ts';
import { explain } from './explain.ts';
import { ja } from './ja/ja.ts';
import { initialLanguage, rememberLanguage } from './language.ts';
import { langOf } from './own-text.ts';

/** Paths of all texts, with what kind each is. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

/** The values that the functions are called with: one of each kind that they take. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  '.run.result': ['PARTIALLY_SUCCEEDED', 1, 2, 3],
  '.editor.named': [['Run'], 2],
  '.editor.unknownColumns': [['Owner']],
};
const textOf = ([path, value]: [string, unknown]): string =>
  JSON.stringify(typeof value === 'function' ? Reflect.apply(value, undefined, SAMPLES[path] ?? [3, 5, 7]) : value);

const documented = (): string[] => {
  const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.yaml');
  const schemas: object = parse(readFileSync(file, 'utf8')).components.schemas;
  return Object.values(schemas).flatMap(
    (schema) => schema.properties?.code?.const ?? schema.properties?.code?.enum ?? [],
  );
};

interface State {
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}
const statesOf = (states: Readonly<Record<string, State>>): string[] =>
  Object.entries(states).flatMap(([name, { ItemProcessor }]) => [name, ...statesOf(ItemProcessor?.States ?? {})]);

describe('the texts', () => {
  it('say something, and in Japanese something Japanese', () => {
    const same = new Set(['.appName', '.language']);
    for (const [index, leaf] of leaves(en).entries()) {
      const other = leaves(ja)[index] ?? ['', ''];
      expect(textOf(leaf), leaf[0]).to.match(/[^"]/);
      expect(textOf(leaf), leaf[0]).not.to.match(/undefined|[\p{Script=Hiragana}\p{Script=Han}]/u);
      expect(textOf(other), other[0]).not.to.include('undefined');
      // The names of most keys are the same everywhere.
      if (!same.has(leaf[0]) && !leaf[0].endsWith('.key')) expect(textOf(other), other[0]).not.to.equal(textOf(leaf));
    }
  });

  it('keep to the words and the punctuation of a product in each language', () => {
    const refused = [
      [en, /mended|\bMoney\b|Let it go on|The same as|by itself|\bgroup \d/i],
      [ja, /[?!~()]|: |小目標|たずね|AI [ぁ-んァ-ヶ一-龠]|[ぁ-んァ-ヶ一-龠] AI|やめる|一度だけ/],
    ] as const;
    for (const [texts, words] of refused) {
      for (const leaf of leaves(texts)) expect(textOf(leaf), leaf[0]).not.to.match(words);
    }
  });

  it('have a name for every state of the machine, and for the end', () => {
    const file = join(import.meta.dirname, '..', '..', '..', 'statemachine', 'definition.asl.json');
    const states = statesOf(JSON.parse(readFileSync(file, 'utf8')).States);
    expect(Object.keys(en.timeline.states)).to.have.members([...states, 'Ended']);
  });

  it('count in the singular and in the plural', () => {
    const counts = [en.common.actions(1), en.common.actions(64), en.common.tasks(1_234)];
    expect(counts).to.deep.equal(['1 action', '64 actions', '1,234 tasks']);
    const held = [en.run.held(0, 1, 0), en.run.held(1, 2, 0), en.run.held(2, 1, 1), en.run.held(3, 4, 2)];
    expect(held).to.deep.equal([
      '',
      '1 action is slow, attempt 2 of 4.',
      '2 actions are slow. 1 action is being retried.',
      '3 actions are slow, up to attempt 4 of 4. 2 actions are being retried.',
    ]);
    expect(LIMITS.attemptsPerAction).to.equal(4);
  });

  it('explain each problem code of docs/openapi.yaml', () => {
    const codes = documented().filter((code) => code !== 'internal_error');
    expect(codes).to.include('goal_already_active');
    for (const code of codes) expect(en.problems, code).to.have.property(code);
  });
});

describe('explain', () => {
  const refusal = (status: number, body?: object) => new ApiError('GET /', new Response('', { status }), body);

  it('goes by the code of the problem', () => {
    const problem = refusal(409, { code: 'execution_ended', detail: 'It ended.' });
    expect(explain(problem, en)).to.equal(en.problems.execution_ended);
  });

  it('knows the gateway, a lost connection and a defect on either side', () => {
    expect(explain(refusal(503, { message: 'Service Unavailable' }), en)).to.equal(en.problems.http_503);
    expect(explain(refusal(500, { code: 'internal_error' }), en)).to.equal(en.problem.server);
    expect(explain(refusal(418), en)).to.equal(en.problem.unknown);
    const lost = new ConnectionError('GET /');
    expect(explain(lost, en, true)).to.equal(en.problem.slow);
    expect(explain(lost, en, false)).to.equal(en.problem.offline);
    expect(explain(new UnexpectedAnswer('GET /'), en)).to.equal(en.problem.unexpected);
    expect(explain(new TypeError('a bug'), en)).to.equal(en.problem.unknown);
    expect(explain(new TypeError('code that did not arrive'), en, false)).to.equal(en.problem.offline);
  });
});

describe('the language', () => {
  it('of what a person wrote is Japanese as soon as there is Japanese in it, and that of the page without letters', () => {
    const texts = ['3 km 走る', 'ランニング', '早起き', 'Run 3 km', 'Größe', '3 / 5', ''];
    expect(texts.map(langOf)).to.deep.equal(['ja', 'ja', 'ja', 'en', 'en', undefined, undefined]);
  });

  it('is the first that the browser prefers and the page speaks', () => {
    const preferences = [['fr', 'ja-JP', 'en'], ['en-GB', 'ja'], ['fr'], []];
    const languages = preferences.map((preferred) => initialLanguage(new InMemoryWebStorage(), preferred));
    expect(languages).to.deep.equal(['ja', 'en', 'en', 'en']);
  });

  it('is what was chosen before, whatever the browser prefers', () => {
    const storage = new InMemoryWebStorage();
    rememberLanguage(storage, 'ja');
    expect(initialLanguage(storage, ['en'])).to.equal('ja');
  });
});
