import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
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

/** A second copy of the sources, with hard links to the packages, whose places beside the sources are the same. */
function copyOfSources(): string {
  const copy = mkdtempSync(join(ROOT, 'dist', 'another-'));
  for (const name of ['lambdas', 'scripts', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  const from = join(ROOT, 'node_modules');
  const to = join(copy, 'node_modules');
  mkdirSync(to);
  // Large, and nothing that is bundled.
  const packages = readdirSync(from).filter((name) => !/^\.cache|cdktf|node-linux|stryker|rxjs|redocly/.test(name));
  execFileSync('cp', ['-al', ...packages, to], { cwd: from });
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

  it('names no folder of this machine, and imports nothing in the first call, which would load fetch and WebSocket', () => {
    const folder = join(ROOT, 'dist', 'lambdas');
    const bundles = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.js')));
    expect(bundles).to.include('save-tasks');
    for (const name of bundles) {
      const code = readFileSync(join(folder, name, 'index.js'), 'utf8');
      expect(code, name)
        .not.to.match(/\bimport\(/)
        .and.not.to.contain(ROOT);
    }
  });
});
