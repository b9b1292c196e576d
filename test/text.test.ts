import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import spelling from '../cspell.json' with { type: 'json' };
import { anchorsIn, isJapanese, ownFiles, ROOT, read } from './documents.ts';

/** As many words as a sentence may have. */
const LONGEST = 35;
const documents = ownFiles('**/*.md');

/** The anchors of headings, the second of equal ones with `-1` at its end, and those that a text sets itself. */
function anchorsOf(text: string): string[] {
  const counted = anchorsIn(text).map((anchor, index, all) => {
    const earlier = all.slice(0, index).filter((each) => each === anchor).length;
    return earlier === 0 ? anchor : `${anchor}-${earlier}`;
  });
  return [...counted, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}

const withoutCode = (text: string) => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '\n').replaceAll(/`[^`\n]+`/g, 'Code');

/** Where a text links to: inline, with or without a title, by definitions, and in HTML. */
const linksIn = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(\s*([^)\s]*)[^)]*\)|^\[[^\]]+\]:\s*(\S+)|\b(?:href|src)="([^"]*)"/gm)].map(
    ([, inline, defined, html]) => inline ?? defined ?? html ?? '',
  );

/** Is a link broken? Of one that leads outside, the form alone is looked at: tests need no network. */
function isBroken(link: string, document: string): boolean {
  if (/^[a-z]+:/i.test(link)) return !/^(?:https:\/\/[\w.-]+\.[a-z]+(?:\/\S*)?|mailto:\S+@\S+)$/.test(link);
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : relative(ROOT, join(ROOT, dirname(document), path));
  if (link === '' || target.startsWith('..') || !existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
}

/** The names that a text links by, as `[text][name]`, and does not define. */
function undefinedIn(text: string): string[] {
  const defined = new Set([...text.matchAll(/^\[([^\]]+)\]:/gm)].map(([, name = '']) => name.toLowerCase()));
  const used = [...withoutCode(text).matchAll(/\[([^\]]+)\]\[([^\]]*)\]/g)].map(
    ([, shown = '', name]) => name || shown,
  );
  return used.filter((name) => !defined.has(name.toLowerCase()));
}

/** The sentences of a document without its code, tables and headings. An item of a list is a text of its own. */
function sentencesIn(text: string): string[] {
  const prose = withoutCode(text)
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/^ *\|.*$|^\[[^\]]+\]: .*$|^#+ .*$/gm, '\n')
    .replaceAll(/^ *(?:[-*]|\d+\.) /gm, '\n\n')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/https?:\/\/\S+/g, 'Code');
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
  return prose
    .split(/\n\s*\n/)
    .flatMap((block) => [...segmenter.segment(block.replaceAll(/\s+/g, ' '))].map(({ segment }) => segment.trim()));
}

const wordsIn = (sentence: string) =>
  [...new Intl.Segmenter('en', { granularity: 'word' }).segment(sentence)].filter(({ isWordLike }) => isWordLike)
    .length;

describe('text', () => {
  for (const document of documents) {
    it(`of ${document} links only to files and headings that exist, and outside in the form of a link`, () => {
      const broken = linksIn(read(document)).filter((link) => isBroken(link, document));
      expect([...broken, ...undefinedIn(read(document))]).to.deep.equal([]);
    });

    if (isJapanese(document)) continue;
    it(`of ${document} has no sentence of more than ${LONGEST} words`, () => {
      expect(sentencesIn(read(document)).filter((sentence) => wordsIn(sentence) > LONGEST)).to.deep.equal([]);
    });
  }

  it('for whoever works on this next is read to its end: it has 100 lines at most', () => {
    expect(read('AGENTS.md').trimEnd().split('\n').length).to.be.at.most(100);
  });

  for (const [title, link] of [
    ['a file that is not there', 'missing.md'],
    ['a heading that is not there', 'README.md#missing'],
    ['a file outside of the repository', '../README.md'],
    ['nothing', ''],
    ['a page without encryption', 'http://example.com/'],
    ['an address with a slash too few', 'https:/example.com'],
  ] as const) {
    it(`is told of a link to ${title}, however the link is written`, () => {
      for (const text of [`[x](${link} "title")`, `<a href="${link}">x</a>`, ...(link ? [`[x]: ${link}`] : [])]) {
        expect(linksIn(text).map((each) => isBroken(each, 'README.md'))).to.deep.equal([true]);
      }
    });
  }

  it('is told of a link by a name that nothing defines', () => {
    expect(undefinedIn('[a][one], [two][], `[c][three]`\n\n[one]: README.md')).to.deep.equal(['two']);
  });

  it('has an anchor for each heading, also for equal ones, and none for what stands in code', () => {
    expect(anchorsOf('# One\n## 二つ目 - C\n# One\n```sh\n# two\n```\n<a id="x"></a>')).to.deep.equal([
      'one',
      '二つ目---c',
      'one-1',
      'x',
    ]);
  });

  it('is measured by its prose: neither code nor tables nor the next item belong to a sentence', () => {
    const text = '# Head\nOne `a b` two. http://c/d.e three:\n```sh\ncode\n```\n- four\n  [five six](seven)\n\n| a |\n';
    expect(sentencesIn(text).filter(Boolean).map(wordsIn)).to.deep.equal([3, 2, 3]);
  });
});

describe('spelling', () => {
  // cspell:ignoreRegExp mispel\w*
  const samples = {
    'docs/sample.md': 'A mispeled colour of `mispeledd`: [neighbor](./mispeleddd).\n```\nmispelledd\n```\n',
    'docs/ja/sample.md': 'mispeled\n',
    'local/sample.ts': "// mispeled\nconst mispeledd = 'mispeleddd';\nit('mispelledd', mispeledd);\n",
    'lambdas/goals/src/sample.ts': "const mispeledd = 'mispeled';\n",
    'web/src/i18n/en/sample.ts': "const mispeledd = 'mispeled';\n",
    '.github/workflows/sample.yml': 'run: mispeled # mispelled\n',
  };

  it('is checked, as British, of prose, comments, titles of tests and texts of page and API, and not of code or Japanese', () => {
    const folder = mkdtempSync(join(tmpdir(), 'goal-activity-spelling-'));
    try {
      cpSync(join(ROOT, 'cspell.json'), join(folder, 'cspell.json'));
      for (const [path, text] of Object.entries(samples)) {
        mkdirSync(join(folder, dirname(path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const args = ['lint', '--no-progress', '--no-summary'];
      const program = join(ROOT, 'node_modules', 'cspell', 'bin.mjs');
      const { stdout, status } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
      expect(
        [...stdout.matchAll(/^(\S+?):\S+ - Unknown word \((\w+)\)/gm)].map(([, ...found]) => found).sort(),
      ).to.deep.equal([
        ['.github/workflows/sample.yml', 'mispelled'],
        ['docs/sample.md', 'mispeled'],
        ['docs/sample.md', 'neighbor'],
        ['lambdas/goals/src/sample.ts', 'mispeled'],
        ['local/sample.ts', 'mispeled'],
        ['local/sample.ts', 'mispelledd'],
        ['web/src/i18n/en/sample.ts', 'mispeled'],
      ]);
      expect(status).to.equal(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('knows beside the dictionary only words that are used, in order', () => {
    const { words } = spelling;
    expect(words).to.deep.equal(words.toSorted((one, other) => one.localeCompare(other)));
    const texts = ownFiles('{**/*.{md,yaml,ts,tsx,cjs,mjs},.github/**/*.yml,Makefile}').map((path) =>
      read(path).toLowerCase(),
    );
    expect(words.filter((word) => !texts.some((text) => text.includes(word.toLowerCase())))).to.deep.equal([]);
  });
});
