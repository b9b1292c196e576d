import { globSync } from 'node:fs';
import { posix } from 'node:path';
import { expect } from 'chai';
import { anchorsIn, ROOT, read } from './documents.ts';

const GUIDES = globSync('docs/ja/*.md', { cwd: ROOT }).map((path) => posix.basename(path));
/** A page in English, and in Japanese. */
const PAGES = [['README.md', 'README.ja.md'], ...GUIDES.map((name) => [`docs/${name}`, `docs/ja/${name}`])] as const;

const CODE_BLOCK = /^( *)```.*\n[\s\S]*?^\1```$/gm;
/** A promise's proof, the title of a test: it is the same in every language. */
const PROOF = /^- `[\w/.-]+\.test\.ts`: .+$/gm;
const SPAN = /`([^`]+)`/g;
const LINK = /!?\[([^\]]*)\]\(([^)\s]+)\)/g;
const JAPANESE = '[\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Han}ー々、。，：；（）「」『』・〜]';

interface Section {
  readonly anchor: string;
  readonly level: number;
  readonly text: string;
}

/** The sections of a page. A Japanese heading has the anchor of the English one in the line above it. */
function sectionsOf(page: string): Section[] {
  const blocks: string[] = [];
  // A comment of a command may look like a heading.
  const text = read(page).replace(CODE_BLOCK, (block) => `@@${blocks.push(block) - 1}@@`);
  return text
    .split(/^(?=<a id="[^"]+"><\/a>\n\n#)|^(?<!<\/a>\n\n)(?=#+ )/m)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, own, marks = '', body = ''] = /^(?:<a id="([^"]+)"><\/a>\n\n)?(#+) .+\n([\s\S]*)$/.exec(part) ?? [];
      return {
        anchor: own ?? anchorsIn(part)[0] ?? '',
        level: marks.length,
        text: body.replace(/@@(\d+)@@/g, (_, index) => blocks[Number(index)] ?? ''),
      };
    });
}

const prose = (text: string) => text.replace(CODE_BLOCK, '');
const spansIn = (text: string) => [...text.matchAll(SPAN)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '));
const numbersIn = (text: string) =>
  text
    .replaceAll(SPAN, '')
    .replaceAll(LINK, '$1')
    .match(/\d(?:[\d,]*\d)?(?:\.\d+)*/g) ?? [];
/** Commands without their comments, which are translated. */
const commandsIn = (text: string) =>
  [...text.matchAll(CODE_BLOCK)].flatMap(([block]) =>
    block.split('\n').map((line) => line.trim().replace(/(?:^|\s+)# .*$/, '')),
  );
/** Where links lead: an anchor, a URL, or a file as seen from the root, whichever of its languages. */
function linksIn(text: string, page: string): string[] {
  return [...prose(text).matchAll(LINK), ...text.matchAll(/^(\[[^\]]+\]): (\S+)$/gm)].map(([, , link = '']) => {
    if (/^(?:#|\w+:)/.test(link)) return link;
    return posix
      .join(posix.dirname(page), link)
      .replace(/^docs\/ja\//, 'docs/')
      .replace('.ja.', '.');
  });
}
const rowsOf = (text: string) =>
  (text.match(/^\|.*\|$/gm) ?? [])
    .filter((row) => !/^[|\s:-]+$/.test(row))
    .map((row) => [...numbersIn(row), ...spansIn(row)].sort());
const set = (all: readonly string[]) => [...new Set(all)].sort();

/** What a section says in the same way in every language. */
const factsIn = (text: string, page: string) => ({
  paragraphs: prose(text)
    .split(/\n\s*\n/)
    .filter((block) => /\S/.test(block)).length,
  items: (prose(text).match(/^ *(?:-|\d+\.) /gm) ?? []).length,
  code: set(spansIn(prose(text))),
  links: set(linksIn(text, page)),
  proofs: text.match(PROOF) ?? [],
  commands: commandsIn(text),
  rows: rowsOf(text),
});
const without = (all: readonly string[], some: readonly string[]) =>
  [...new Set(all)].filter((one) => !some.includes(one));

/** A person's sentences: without code, the targets of links and the marks of Markdown. */
const sentencesOf = (text: string) =>
  prose(text)
    .replaceAll(/<a id="[^"]+"><\/a>/g, '')
    .replaceAll(PROOF, '')
    .replaceAll(/^\[[^\]]+\]: \S+$/gm, '')
    .replaceAll(SPAN, 'code')
    .replaceAll(LINK, '$1')
    .replaceAll(/「[ -~]+」/g, '「English」')
    .replaceAll(/^ *(?:-|\d+\.|#+) /gm, '')
    .replaceAll('**', '')
    .split(/\n| ?\| ?/)
    .filter((line) => line !== '');

describe('Japanese pages', () => {
  it('are there for those who run it', () => {
    expect(GUIDES).to.include.members(['operations.md', 'guarantees.md', 'development.md']);
  });

  for (const [original = '', page = ''] of PAGES) {
    describe(page, () => {
      const english = sectionsOf(original);
      const japanese = sectionsOf(page);
      const outline = (sections: readonly Section[]) => sections.map(({ level, anchor }) => `${level} ${anchor}`);

      it('has the headings of the English page, with their anchors', () => {
        expect(outline(japanese)).to.deep.equal(outline(english));
      });

      for (const { anchor, text } of english) {
        it(`lags behind in nothing: ${anchor}`, () => {
          const other = japanese.find((section) => section.anchor === anchor)?.text ?? '';
          expect(factsIn(other, page)).to.deep.equal(factsIn(text, original));
          const numbers = numbersIn(prose(other));
          expect(without(numbersIn(prose(text)), numbers), 'number that is missing').to.deep.equal([]);
          // Japanese writes small ones in digits.
          const added = without(numbers, numbersIn(prose(text))).filter((number) => !(Number(number) <= 15));
          expect(added, 'number that English does not have').to.deep.equal([]);
        });
      }

      it('keeps to the punctuation of the page, without spaces between Japanese and other letters', () => {
        const refused = new RegExp(`[?!~()]|: |\\d %|${JAPANESE} +\\w|\\w +${JAPANESE}`, 'u');
        expect(sentencesOf(read(page)).filter((line) => refused.test(line))).to.deep.equal([]);
      });

      it('has no emphasis that Markdown shows as asterisks', () => {
        // https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run: punctuation inside, so no letter outside.
        const bold = [...prose(read(page)).matchAll(/(.?)\*\*([^*]+)\*\*(.?)/gu)];
        const shown = bold.filter(
          ([, before = '', inner = '', after = '']) =>
            (/^[\p{P}\p{S}]/u.test(inner) && /[\p{L}\p{N}]/u.test(before)) ||
            (/[\p{P}\p{S}]$/u.test(inner) && /[\p{L}\p{N}]/u.test(after)),
        );
        expect(shown.map(([whole]) => whole)).to.deep.equal([]);
      });
    });
  }
});
