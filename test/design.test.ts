import { expect } from 'chai';
import { FUNCTION_OF_PLACEHOLDER } from '../statemachine/definition.ts';
import { ownFiles, read, rowsIn } from './documents.ts';

const design = read('docs/design.md');

const files = ownFiles('**/*.{ts,tsx,cjs,py,json,md,yaml,yml}');

/** "rule 4", "Rules 2, 3 and 6", also where a comment's line breaks after the word. */
const CITATION = /\b(rule|requirement)s?\s+(?:[*/]+\s+)?(\d+(?:(?:,| and| or) \d+)*)/gi;

/** `[Rule 4](design.md#rule-4)`, `[rule 4]`, or the definition of the latter. */
const LINKED = /\[((?:rule|requirement) \d+)\](?:\(([^)]+)\)|: \S+)?/gi;

/** The rules and requirements that a text cites, as `rule 4`. */
function citedIn(text: string): string[] {
  return [...text.matchAll(CITATION)].flatMap(([, kind = '', numbers = '']) =>
    (numbers.match(/\d+/g) ?? []).map((number) => `${kind.toLowerCase()} ${number}`),
  );
}

/** Rules and requirements as they are defined: an anchor, the name, and what is said of it. */
const entries = [
  ...design.matchAll(/^- <a id="(\w+)-(\d+)"><\/a>\*\*(Rule|Requirement) (\d+)\. ([\s\S]*?)(?=^- <a id|^## )/gm),
].map(([, anchorKind, anchorNumber, kind = '', number = '', section = '']) => {
  const name = `${kind.toLowerCase()} ${number}`;
  return { name, isAnchored: `${anchorKind} ${anchorNumber}` === name, section };
});

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Retry?: readonly string[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

const statesOf = (level: Readonly<Record<string, State>>): [string, State][] =>
  Object.entries(level).flatMap(([name, state]) => [[name, state], ...statesOf(state.ItemProcessor?.States ?? {})]);
const template: { States: Record<string, State> } = JSON.parse(read('statemachine/definition.asl.json'));
const states = statesOf(template.States);

const LAMBDAS: Readonly<Record<string, string>> = FUNCTION_OF_PLACEHOLDER;
const nameIn = (placeholder: string) => placeholder.replace(/^\$\{(\w+)\}$/, '$1');

/** A state as the table shows it. */
function rowOf([state, { Type, Resource = '', Retry = [], Catch = [] }]: [string, State]) {
  const worker = Type === 'Task' ? `\`${LAMBDAS[nameIn(Resource)]}\`` : Type;
  return [
    state,
    Resource.endsWith(':sns:publish') ? 'SNS' : worker,
    Retry.map(nameIn).join(', '),
    Catch.map(({ Next }) => Next).join(', '),
  ];
}

describe('docs/design.md', () => {
  for (const kind of ['rule', 'requirement']) {
    it(`numbers its ${kind}s from 1 on, each once, in order`, () => {
      const names = entries.map(({ name }) => name).filter((name) => name.startsWith(kind));
      expect(names).not.to.be.empty;
      expect(names).to.deep.equal(names.map((_, index) => `${kind} ${index + 1}`));
    });
  }

  for (const { name, isAnchored, section } of entries) {
    it(`has an anchor for ${name}, and leads to the code that keeps it and to the test that proves it`, () => {
      expect(isAnchored).to.equal(true);
      const [, kept = '', proven = ''] = /^ {2}- Kept by\s([\s\S]*)^ {2}- Proven by\s([\s\S]*)/m.exec(section) ?? [];
      expect(kept).to.match(/\]\(\.\.\/[\w/.-]+\.ts\)/);
      expect(proven).to.match(/\]\((?:guarantees\.md#|\.\.\/[\w/.-]+\.test\.ts\))/);
    });
  }

  it('names only functions, methods and constants that the files it links to declare', () => {
    const missing = [...design.matchAll(/\[`(\w+)`\]\(\.\.\/([\w/.-]+\.ts)\)/g)].filter(
      ([, name, path = '']) =>
        !new RegExp(
          `^ *(?:export )?(?:async )?(?:const|function|class) ${name}\\b|^ *${name}: |^ {2}(?:async )?${name}\\(`,
          'm',
        ).test(read(path)),
    );
    expect(missing.map(([link]) => link)).to.deep.equal([]);
  });

  it('has whatever rule or requirement is cited anywhere', () => {
    const names = new Set(entries.map(({ name }) => name));
    const unknown = files.flatMap((path) => {
      const cited = citedIn(read(path)).filter((name) => !names.has(name));
      return cited.map((name) => `${path}: ${name}`);
    });
    expect(unknown).to.deep.equal([]);
  });

  it('is linked to from every citation in a document, but for titles of tests', () => {
    const documents = files.filter((path) => path.endsWith('.md') && path !== 'docs/design.md');
    const unlinked = documents.flatMap((path) => {
      const text = read(path).replaceAll(/^- `test\/.*$/gm, '');
      const definitions = new Map(
        [...text.matchAll(/^\[(.+)\]: (\S+)$/gm)].map(([, name = '', target = '']) => [name.toLowerCase(), target]),
      );
      const rest = text.replaceAll(LINKED, (citation: string, name: string, inline?: string) => {
        const target = inline ?? definitions.get(name.toLowerCase()) ?? '';
        return target.endsWith(`design.md#${name.toLowerCase().replace(' ', '-')}`) ? '' : citation;
      });
      return citedIn(rest).map((name) => `${path}: ${name}`);
    });
    expect(unlinked).to.deep.equal([]);
  });

  it('shows every state of the machine with its Lambda, its retriers and the state that catches its failure', () => {
    const [, chapter = ''] = /^## The state machine\n([\s\S]*?)^## /m.exec(design) ?? [];
    const rows = rowsIn(chapter).slice(1);
    expect(rows.map(([state, worker, _does, ...rest]) => [state, worker, ...rest])).to.have.deep.members(
      states.map(rowOf),
    );
  });
});
