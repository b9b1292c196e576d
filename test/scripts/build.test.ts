import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const ROOT = join(import.meta.dirname, '..', '..');

/** SHA-256 of every zip that a build has made. */
function hashes(root: string): Record<string, string> {
  const folder = join(root, 'dist', 'lambdas');
  const zips = readdirSync(folder).filter((name) => name.endsWith('.zip'));
  return Object.fromEntries(
    zips.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** What scripts/build/build.ts itself imports; what the Lambdas import is in their package.json. */
const BUILT_WITH = ['ajv', 'ajv-formats', 'esbuild', 'fflate'];

/** The folders of packages and of all that they depend on, at the top of node_modules or inside of another package. */
function packageFolders(names: readonly string[]): string[] {
  const folders = new Set<string>();
  const visit = (name: string, from: string): void => {
    const nested = join(from, 'node_modules', name);
    const folder = existsSync(join(ROOT, nested)) ? nested : join('node_modules', name);
    // An optional package for another machine is not there.
    if (folders.has(folder) || !existsSync(join(ROOT, folder))) return;
    folders.add(folder);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) visit(each, folder);
  };
  for (const name of names) visit(name, '');
  return [...folders];
}

/** A second copy of the sources with the packages that they are built from. */
function copyOfSources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'goal-activity-build-'));
  for (const name of ['lambdas', 'scripts', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  const workspaces = readdirSync(join(ROOT, 'lambdas')).map((name) => `@goal-activity/${name}`);
  for (const folder of packageFolders([...workspaces, ...BUILT_WITH])) {
    if (workspaces.includes(folder.slice('node_modules/'.length))) continue;
    // Two thirds of the SDK's files are its types, which no build reads.
    for (const name of readdirSync(join(ROOT, folder)).filter((each) => each !== 'dist-types'))
      cpSync(join(ROOT, folder, name), join(copy, folder, name), { recursive: true });
  }
  mkdirSync(join(copy, 'node_modules', '@goal-activity'));
  for (const name of workspaces)
    symlinkSync(join('..', '..', 'lambdas', name.slice('@goal-activity/'.length)), join(copy, 'node_modules', name));
  return copy;
}

describe('the build', function () {
  this.timeout(60_000);

  it('makes the same zips, byte for byte, in another folder and another time zone', () => {
    const copy = copyOfSources();
    try {
      execFileSync(process.execPath, ['scripts/build/build.ts'], {
        cwd: copy,
        env: { ...process.env, TZ: 'Pacific/Kiritimati' },
      });
      const here = hashes(ROOT);
      expect(Object.keys(here)).to.include('save-tasks.zip');
      expect(hashes(copy)).to.deep.equal(here);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('makes bundles of at most 150 KB zipped, most of them within a third of the 352 KB of a careless one', () => {
    const folder = join(ROOT, 'dist', 'lambdas');
    const sizes = readdirSync(folder)
      .filter((name) => name.endsWith('.zip'))
      .map((name) => ({ name, kilobytes: statSync(join(folder, name)).size / 1024 }));
    for (const { name, kilobytes } of sizes) expect(kilobytes, name).to.be.below(150);
    const small = sizes.filter(({ kilobytes }) => kilobytes <= 352 / 3);
    expect(small.length / sizes.length).to.be.above(0.5);
  });

  it('leaves out what Lambda has no use for', () => {
    const code = readFileSync(join(ROOT, 'dist', 'lambdas', 'get-status', 'index.js'), 'utf8');
    for (const unused of ['sso-oidc', 'fromIni', 'cognito-identity', 'readable-stream', 'colorspace'])
      expect(code).not.to.contain(unused);
  });

  it('imports nothing in the first call, which would load fetch and WebSocket along with node:http', () => {
    const folder = join(ROOT, 'dist', 'lambdas');
    const bundles = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.js')));
    expect(bundles).to.include('save-tasks');
    for (const name of bundles)
      expect(readFileSync(join(folder, name, 'index.js'), 'utf8'), name).not.to.match(/\bimport\(/);
  });
});
