import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT, read } from './documents.ts';

const [lessons = '', defects = ''] = read('docs/best-practices.md').split(/^## Defects .*$/m);

/** The sections of a text, each with what stands behind a word in bold, on one line. */
const sectionsIn = (text: string) =>
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      items: new Map(
        [...section.matchAll(/^- \*\*([\w ]+)\.\*\* ([\s\S]*?)(?=^- \*\*|^#|$(?![\s\S]))/gm)].map(
          ([, name = '', said = '']) => [name, said.replaceAll(/\s+/g, ' ')],
        ),
      ),
    }));

/** Every commit before this one; nothing in a copy without the history, whose evidence `check.yml` looks at. */
function history(): string | undefined {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
  try {
    return git('rev-parse', '--is-shallow-repository').trim() === 'true' ? undefined : `\n${git('rev-list', 'HEAD')}`;
  } catch {
    return undefined;
  }
}

describe('docs/best-practices.md', () => {
  const commits = history();

  for (const [text, conclusion] of [
    [lessons, 'Rule'],
    [defects, 'Since then'],
  ] as const) {
    for (const { title, items } of sectionsIn(text)) {
      it(`has a conclusion of, and evidence for: ${title}`, () => {
        expect([...items.keys()]).to.deep.equal([conclusion, 'Evidence']);
        const evidence = items.get('Evidence') ?? '';
        const files = [...evidence.matchAll(/\]\(\.\.\/([\w/.-]+)\)(?: "([^"]+)")?/g)];
        expect(files).not.to.be.empty;
        for (const [, file = '', quoted] of files) {
          expect(existsSync(join(ROOT, file)), file).to.equal(true);
          expect(quoted !== undefined, `${file}: a test is named by its title`).to.equal(file.endsWith('.test.ts'));
          if (quoted !== undefined) expect(read(file)).to.include(quoted);
        }
        const named = evidence.slice(evidence.lastIndexOf('commit')).match(/`[0-9a-f]{7}`/g) ?? [];
        expect(named).not.to.be.empty;
        if (commits === undefined) return;
        expect(named.filter((id) => !commits.includes(`\n${id.slice(1, -1)}`))).to.deep.equal([]);
      });
    }
  }

  it('has lessons and defects', () => {
    expect(sectionsIn(lessons).length).to.be.above(15);
    expect(sectionsIn(defects).length).to.be.within(12, 20);
  });
});
