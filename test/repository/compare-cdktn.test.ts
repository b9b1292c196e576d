import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { differencesBetween, EXPECTED, isExpected } from '../../scripts/cdktn/differences.ts';
import { ownFiles, read } from '../documents.ts';

const pathsOf = (ours: unknown, theirs: unknown) => differencesBetween(ours, theirs).map(({ path }) => path);

describe('comparison of cdktf and cdktn', () => {
  for (const [title, ours, theirs, paths] of [
    ['tells nothing of the same', { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, []],
    ['tells of a value in a list', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, ['a.0.b']],
    ['tells of what only one has, on either side', { a: 1, c: [1] }, { b: 1, c: [1, 2] }, ['a', 'c.1', 'b']],
    ['tells of an empty list from nothing, and from an empty block', { a: [], b: [] }, { b: {} }, ['a', 'b']],
    ['tells of a null, a text and a number', { a: null, b: '1' }, { a: {}, b: 1 }, ['a', 'b']],
    ['tells of a stack that only one wrote', undefined, { resource: {} }, ['']],
  ] as const) {
    it(title, () => {
      expect(pathsOf(ours, theirs).sort()).to.deep.equal([...paths].sort());
    });
  }

  it('expects the versions to differ, and nothing below resources', () => {
    const versions = differencesBetween(
      { '//': { metadata: { version: '1' } } },
      { '//': { metadata: { version: '2' } } },
    );
    expect(versions.map(isExpected)).to.deep.equal([true]);
    for (const { path } of EXPECTED) expect(path).to.match(/^\/\/\./);
  });

  it('fetches one version of cdktn, by its hash', () => {
    const { dependencies } = JSON.parse(read('scripts/cdktn/package.json'));
    expect(dependencies.cdktn).to.match(/^\d+\.\d+\.\d+$/);
    const locked = JSON.parse(read('scripts/cdktn/package-lock.json')).packages['node_modules/cdktn'];
    expect(locked).to.include({ version: dependencies.cdktn });
    expect(locked.integrity).to.match(/^sha512-/);
  });

  it('says in one line when npm cannot install it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'goal-activity-npm-'));
    try {
      mkdirSync(join(folder, 'bin'));
      writeFileSync(join(folder, 'bin', 'npm'), '#!/bin/sh\necho "npm error code E403" >&2; exit 1\n', { mode: 0o755 });
      const script = join(import.meta.dirname, '..', '..', 'scripts', 'cdktn', 'compare.ts');
      const env = { ...process.env, PATH: `${join(folder, 'bin')}:/bin:/usr/bin` };
      const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
      expect(status).to.equal(1);
      expect(stderr).to.equal('make compare-cdktn cannot run: npm ci failed: npm error code E403\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('cdktf and the bindings of its providers', () => {
  it('are imported by main.ts and modules/ alone, so that another tool takes their place there', () => {
    const files = ownFiles('**/*.{ts,tsx,cjs,mjs,js}');
    const importing = files.filter((path) => /(from|import|require)[ (]*['"](@?cdktf|@cdktn)[/'"]/.test(read(path)));
    expect(importing).to.include('modules/stack.ts');
    expect(importing.filter((path) => path !== 'main.ts' && !path.startsWith('modules/'))).to.deep.equal([]);
  });
});
