import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ownFiles, ROOT, read } from './documents.ts';

/** Made by running something, so not there in a fresh clone. */
const MADE = /^(?:\.local|coverage|(?:web\/)?dist|cdktf\.out|node_modules)(?:\/|$)|\.generated\./;
const KNOWN_ENDING = /\.(?:ts|js|cjs|json|yaml|md|zip)$/;

interface Document {
  readonly name: string;
  readonly text: string;
  /** What stands in backticks or in code blocks. */
  readonly code: readonly string[];
}

function parse(name: string): Document {
  const text = read(name);
  const blocks = [...text.matchAll(/^ *```.*\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);
  const spans = [...text.replace(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return { name, text, code: [...blocks, ...spans] };
}

const documents = ownFiles('**/*.md').map(parse);

/** The targets that a text runs: `make a b NAME=value` runs a and b. */
function targetsIn(code: string): string[] {
  return [...code.matchAll(/(?:^|[\s;&])make((?:[ \t]+[\w.-]+(?:=\S*)?)*)/gm)].flatMap(([, rest = '']) =>
    rest.split(/\s+/).filter((word) => /^[a-z][a-z-]*$/.test(word)),
  );
}

/** Code spans that are paths of this repository: relative, with a folder or a known ending, and nothing else in them. */
function pathsIn({ code }: Document): string[] {
  return code.filter(
    (span) =>
      /^[\w.<>*-]+(?:\/[\w.<>*-]*)*$/.test(span) &&
      (span.includes('/') || KNOWN_ENDING.test(span)) &&
      !/^(?:\.\w+$|application\/|text\/)/.test(span) &&
      !MADE.test(span),
  );
}

/** Does a path exist? `<name>` and `*` stand for anything; a file name alone may be anywhere below the folder. */
function exists(folder: string, path: string): boolean {
  const pattern = path.replaceAll(/<[^>]+>/g, '*');
  if (!pattern.includes('*')) return existsSync(join(folder, pattern));
  return globSync(pattern.replace(/\/$/, ''), { cwd: folder }).length > 0;
}

describe('documents', () => {
  const targets = [...read('Makefile').matchAll(/^([a-z][a-z-]*):/gm)].map(([, target = '']) => target);

  for (const document of documents) {
    describe(document.name, () => {
      it('names only make targets that the Makefile has', () => {
        const named = document.code.flatMap(targetsIn);
        expect(named.filter((target) => !targets.includes(target))).to.deep.equal([]);
      });

      it('runs only files that exist', () => {
        const run = document.code.flatMap((code) =>
          [...code.matchAll(/\b(?:node|mocha)((?:[ \t]+[^\s#]+)+)/g)].flatMap(([, words = '']) =>
            words.split(/\s+/).filter((word) => /^[\w*][\w.*/-]*\.[ct]s$/.test(word)),
          ),
        );
        expect(run.filter((path) => !exists(ROOT, path) && !MADE.test(path))).to.deep.equal([]);
      });

      it('names only files and folders that exist', () => {
        const missing = pathsIn(document).filter((path) => !exists(ROOT, path) && !isNameOfSourceFile(path));
        expect(missing).to.deep.equal([]);
      });
    });
  }

  /** `handler.ts` and its like: the name that files of many folders have. */
  function isNameOfSourceFile(path: string): boolean {
    return (
      !path.includes('/') && exists(ROOT, `{lambdas,local,modules,scripts,test}/**/${path.replace(/^<name>/, '*')}`)
    );
  }

  it('name only settings that the local stack or the demo reads, and all that the demo explains', () => {
    const table = /## Settings of the local stack\n([\s\S]*?)\n## /.exec(read('docs/local-stack.md'))?.[1] ?? '';
    const settings = [...table.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name = '']) => name);
    const sources = globSync('local/**/*.ts', { cwd: ROOT, exclude: (path) => /\.test\.ts$/.test(path) });
    // The demo's usage text names settings, but reads none.
    const code = sources.map((path) => read(path).replaceAll(/usage: `[^`]*`/g, '')).join('\n');
    expect(settings).not.to.be.empty;
    expect(settings.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).to.deep.equal([]);
    const explained = [...read('local/demo/messages.ts').matchAll(/^ {2}([A-Z_]+)(?:=\w+)? {2,}/gm)].map(
      ([, name = '']) => name,
    );
    expect(settings).to.include.members(explained);
  });
});
