import { globSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { anchorsIn, ROOT, read } from '../documents.ts';

/** An amount of money: `0.18 USD`, `180,000 US dollars`, `$0.1027`, and a column of a table that is in USD. */
const MONEY = /\d\s?(?:USD|(?:US )?dollars)\b|\$\d|\|\s*USD\s*\|/;
const DATE = /\b20\d\d-\d\d-\d\d\b/;
const SOURCE = /https:\/\/aws\.amazon\.com\/[\w/-]*pricing/;

interface Section {
  readonly document: string;
  readonly anchor: string;
  readonly text: string;
}

/** The sections of a document, each to the next heading of any level. Code is shown, not said. */
function sectionsIn(document: string): readonly Section[] {
  const text = read(document).replaceAll(/^```[\s\S]*?^```$/gm, '');
  return text.split(/^(?=#+ )/m).map((part) => ({ document, anchor: anchorsIn(part)[0] ?? '', text: part }));
}

const sections = ['README.md', 'CHANGELOG.md', ...globSync('docs/*.md', { cwd: ROOT })].flatMap(sectionsIn);
const isDated = ({ text }: Section) => DATE.test(text) && SOURCE.test(text);

/** The sections that a section links to, and that say so after the word "price" or "costs". */
function linkedFrom({ document, text }: Section): readonly Section[] {
  return [...text.matchAll(/\[[^\]]*(?:price|costs)[^\]]*\]\(([\w./-]*)#([\w-]+)\)/g)].flatMap(
    ([, path = '', anchor]) => {
      const target = path === '' ? document : normalize(join(dirname(document), path));
      return sections.filter((section) => section.document === target && section.anchor === anchor);
    },
  );
}

describe('prices', () => {
  const withMoney = sections.filter(({ text }) => MONEY.test(text));

  it('are found where they are known to be', () => {
    expect(withMoney.map(({ document, anchor }) => `${document}#${anchor}`)).to.include.members([
      'docs/operations.md#what-an-execution-costs',
      'docs/operations.md#a-month',
      'docs/performance.md#the-table',
    ]);
  });

  it('of each section have a date and a page of AWS, there or in the section that it links to for them', () => {
    const undated = withMoney.filter((section) => ![section, ...linkedFrom(section)].some(isDated));
    expect(undated.map(({ document, anchor }) => `${document}#${anchor}`)).to.deep.equal([]);
  });

  it('in code have a date and a page of AWS in their comment', () => {
    const files = globSync('{lambdas,local,modules,scripts,test}/**/*.ts', {
      cwd: ROOT,
      exclude: (path) => path.includes('node_modules'),
    });
    const comments = files.flatMap((path) =>
      [...read(path).matchAll(/\/\*\*(?:[^*]|\*(?!\/))*\*\//g)]
        .map(([comment]) => comment)
        .filter((comment) => /\b(?:price list|list prices)\b/i.test(comment))
        .map((comment) => ({ path, isDated: DATE.test(comment) && SOURCE.test(comment) })),
    );
    expect(comments.map(({ path }) => path)).to.include.members([
      'modules/settings-schema.ts',
      'test/performance/bench/prices.ts',
    ]);
    expect(comments.filter((comment) => !comment.isDated)).to.deep.equal([]);
  });
});
