import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { changedFiles, testsOfChange } from '../../../scripts/testing/changed.ts';
import { UsageError } from '../../../scripts/testing/usage-error.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { ROOT } from '../../support/stack/process.ts';

describe('make test CHANGED=1', () => {
  const folder = useDataDir();

  it('knows the files that differ from another branch: committed, uncommitted and untracked ones', () => {
    const root = join(folder(), 'clone');
    mkdirSync(root);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: root,
        stdio: 'pipe',
      });
    const write = (name: string) => writeFileSync(join(root, name), `${name} ${Math.random()}`);
    const commit = (name: string) => {
      write(name);
      git('add', '.');
      git('commit', '--quiet', '--message', name);
    };
    git('init', '--quiet', '--initial-branch', 'main');
    for (const name of ['kept.ts', 'edited.ts', '.gitignore']) commit(name);
    writeFileSync(join(root, '.gitignore'), 'ignored.ts\n');
    git('commit', '--quiet', '--all', '--message', 'ignore');
    git('switch', '--quiet', '--create', 'topic');
    commit('committed.ts');
    for (const name of ['edited.ts', 'ünträcked.ts', 'ignored.ts']) write(name);
    // What the other branch changed meanwhile is no change of this one.
    expect(changedFiles(root, 'main')).to.deep.equal(['committed.ts', 'edited.ts', 'ünträcked.ts']);
    expect(changedFiles(root, 'HEAD')).to.deep.equal(['edited.ts', 'ünträcked.ts']);
    expect(() => changedFiles(root, 'nowhere')).to.throw(UsageError, '"nowhere"');
  });

  it('runs the unit tests that import a changed file, directly or through others, and no others', async () => {
    const tests = await testsOfChange(ROOT, ['lambdas/list-workflows/src/list-workflows.ts']);
    expect(tests).to.include('lambdas/list-workflows/test/list-workflows.test.ts');
    expect(tests.filter((test) => test.startsWith('lambdas/goals/'))).to.deep.equal([]);
    const ofCore = await testsOfChange(ROOT, ['lambdas/core/src/errors.ts']);
    expect(ofCore).to.include.members([
      'lambdas/goals/test/goals.test.ts',
      'lambdas/save-tasks/test/save-tasks.test.ts',
    ]);
  });

  it('runs the tests that read a changed file in place of importing it', async () => {
    expect(await testsOfChange(ROOT, ['statemachine/definition.asl.json'])).to.include(
      'statemachine/definition.test.ts',
    );
    expect(await testsOfChange(ROOT, ['lambdas/goals/package.json'])).to.include('lambdas/goals/test/goals.test.ts');
  });

  it('runs none where no unit test depends on the change', async () => {
    expect(await testsOfChange(ROOT, ['LICENCE'])).to.deep.equal([]);
  });
});
