import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT, read } from './documents.ts';

const text = read('docs/guarantees.md');
const [, promised = ''] = /^## What is promised$([\s\S]*?)^## /m.exec(text) ?? [];
const promises = promised
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const [promise = '', ...lines] = section.split('\n');
    const proofs = lines.join(' ').match(/- `[^`]+`: .*?(?=\s+- `|\s*$)/g) ?? [];
    return {
      promise,
      proofs: proofs.map((line) => {
        const [, file = '', title = ''] = /^- `([^`]+)`: (.*)$/.exec(line) ?? [];
        return { file, title: title.replaceAll(/\s+/g, ' ') };
      }),
    };
  });

/** Titles of the tests in a file, as they stand there: one that is filled in has its `${...}`. */
function titlesIn(file: string): string[] {
  if (!existsSync(join(ROOT, file))) return [];
  return [...read(file).matchAll(/\bit\(\s*(?:'([^'\n]+)'|"([^"\n]+)"|`([^`\n]+)`)/g)].map(
    ([, single, double, template]) => single ?? double ?? template ?? '',
  );
}

describe('docs/guarantees.md', () => {
  it('has promises', () => expect(promises).to.have.length.above(10));

  it('lists nothing but tests under them', () => {
    const items = promised.match(/^- .*$/gm) ?? [];
    expect(items.filter((item) => !/^- `(test|lambdas)\/[\w/-]+\.test\.ts`: ./.test(item))).to.deep.equal([]);
  });

  for (const { promise, proofs } of promises) {
    it(`names a test, which is there, for: ${promise}`, () => {
      expect(proofs).not.to.be.empty;
      for (const { file, title } of proofs) expect(titlesIn(file), file).to.include(title);
    });
  }

  it('names every property', () => {
    const named = promises.flatMap(({ proofs }) => proofs.map(({ file }) => file));
    expect(named).to.include.members(globSync('test/properties/*.test.ts', { cwd: ROOT }));
  });
});
