import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { LAMBDAS } from '../../modules/workflow/function-table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const built = (root: string, ...file: readonly string[]) => readFileSync(join(root, 'dist', 'lambdas', ...file));

/** A second copy of the sources, with hard links to the packages, whose places beside the sources are the same. */
function copyOfSources(): string {
  const copy = mkdtempSync(join(ROOT, 'dist', 'another-'));
  for (const name of ['lambdas', 'scripts', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  const from = join(ROOT, 'node_modules');
  const to = join(copy, 'node_modules');
  mkdirSync(to);
  // Many files, and none that is bundled. What the build itself needs of them is found in the folder above.
  const others =
    /^\.|cdktf|node-linux|stryker|rxjs|redocly|zod|caniuse|cspell|babel|underscore|typescript|yaml|playwright|@types|sinon/;
  const packages = readdirSync(from).filter((name) => !others.test(name));
  execFileSync('cp', ['-al', ...packages, to], { cwd: from });
  return copy;
}

describe('the build', function () {
  this.timeout(300_000);

  it('makes the same zips, byte for byte, in another folder and another time zone', () => {
    const copy = copyOfSources();
    try {
      execFileSync(process.execPath, ['scripts/build/build.ts'], {
        cwd: copy,
        env: { ...process.env, TZ: 'Pacific/Kiritimati' },
      });
      for (const name of LAMBDAS)
        expect(built(copy, `${name}.zip`).equals(built(ROOT, `${name}.zip`)), name).to.equal(true);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('makes bundles of at most 90 KB zipped, with winston in each', () => {
    for (const name of LAMBDAS) {
      expect(built(ROOT, `${name}.zip`).length / 1024, name).to.be.below(90);
      expect(built(ROOT, name, 'index.js').toString(), name).to.contain('[winston] Unknown logger level');
    }
  });

  it('zips the bundle without its map, and without the line that leads there', () => {
    const line = '//# sourceMappingURL=index.js.map\n';
    for (const name of LAMBDAS) {
      const { 'index.js': zipped = new Uint8Array(), ...others } = unzipSync(built(ROOT, `${name}.zip`));
      expect(Object.keys(others), name).to.deep.equal([]);
      expect(built(ROOT, name, 'index.js').equals(Buffer.concat([zipped, Buffer.from(line)])), name).to.equal(true);
      const { sources }: { sources: string[] } = JSON.parse(built(ROOT, name, 'index.js.map').toString());
      expect(sources, name).to.include(`../../../lambdas/${name}/src/handler.ts`);
    }
  });

  it('names no folder of this machine, and imports nothing in the first call, which would load fetch and WebSocket', () => {
    for (const name of LAMBDAS) {
      const code = built(ROOT, name, 'index.js').toString();
      expect(code, name)
        .not.to.match(/\bimport\(/)
        .and.not.to.contain(ROOT);
    }
  });
});
