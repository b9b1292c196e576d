import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { UsageError } from './usage-error.ts';

/** Tests of one part, which need no stack and no browser, in the order in which a failure says most. */
const UNIT_TESTS = [
  'lambdas/*/test/**/*.test.ts',
  'statemachine/**/*.test.ts',
  'client/src/**/*.test.ts',
  'web/src/**/*.test.ts',
  'test/local/**/*.test.ts',
  'test/infrastructure/**/*.test.ts',
  'test/scripts/**/*.test.ts',
];
/** What no import shows: tests that read files, by the folder whose files they read. */
const READERS: readonly (readonly [changed: RegExp, tests: RegExp])[] = [
  [/^statemachine\//, /^statemachine\//],
  [/^modules\//, /^test\/infrastructure\//],
  [/^\.github\//, /^test\/infrastructure\/[\w-]*workflow/],
  [/^web\//, /^web\/src\//],
];

/**
 * Files that differ from the common ancestor with a revision: in commits, in the working tree, or untracked. On the branch
 * `main` itself, files changed since `main` are those with uncommitted changes.
 * @throws UsageError when there is no such revision
 */
export function changedFiles(root: string, revision: string): readonly string[] {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  let base: string;
  try {
    base = git('merge-base', 'HEAD', revision).trim();
  } catch {
    throw new UsageError(
      `git has no common ancestor of HEAD and "${revision}": set SINCE to a branch or commit of this clone`,
    );
  }
  const changed = git('diff', '--name-only', '-z', base);
  const added = git('ls-files', '--others', '--exclude-standard', '-z');
  return [...new Set(`${changed}${added}`.split('\0'))].filter((path) => path !== '').sort();
}

/** Leaves npm's packages out of the graph, and keeps those of this repository in it. */
const ownPackages: Plugin = {
  name: 'own packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@goal-activity/') ? undefined : { path, external: true },
    );
  },
};

/** For each test file, every file of this repository that it imports, directly or through others, and itself. */
async function importsOf(root: string, tests: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...tests],
    bundle: true,
    write: false,
    outdir: 'unused',
    metafile: true,
    logLevel: 'silent',
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    loader: { '.css': 'empty', '.yaml': 'empty', '.html': 'empty' },
    plugins: [ownPackages],
  });
  const closures = new Map<string, ReadonlySet<string>>();
  for (const test of tests) {
    const reached = new Set([test]);
    for (const file of reached)
      for (const { path, external } of metafile.inputs[file]?.imports ?? []) if (!external) reached.add(path);
    closures.set(test, reached);
  }
  return closures;
}

/** The folder of a Lambda, for a file in it. */
const lambdaOf = (path: string) => /^lambdas\/[^/]+\//.exec(path)?.[0];

/**
 * The unit tests that a change can break: those in the folder of a Lambda that changed, those that import a changed file,
 * and those that are known to read one.
 */
export async function testsOfChange(root: string, changed: readonly string[]): Promise<readonly string[]> {
  const tests = UNIT_TESTS.flatMap((pattern) => globSync(pattern, { cwd: root }).sort());
  const closures = await importsOf(root, tests);
  return tests.filter((test) =>
    changed.some(
      (path) =>
        closures.get(test)?.has(path) === true ||
        (lambdaOf(path) !== undefined && lambdaOf(path) === lambdaOf(test)) ||
        READERS.some(([isRead, isReader]) => isRead.test(path) && isReader.test(test)),
    ),
  );
}
