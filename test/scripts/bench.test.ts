import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Figure, percentile } from '../performance/bench/figures.ts';
import { limitOf } from '../performance/bench/support/limit.ts';
import { renderTable } from '../performance/bench/table.ts';
import { useDataDir } from '../support/data-dir.ts';
import { SEED } from '../support/seed.ts';
import { ROOT, runToEnd } from '../support/stack/process.ts';

const FILE = 'test/performance/bench/bench.ts';

describe('make bench', function () {
  this.timeout(300_000);
  const folder = useDataDir();

  // The other parts need a quiet machine: `make bench TEST=1`.
  it('writes the figures of a part as JSON, and prints them as a table', async () => {
    const file = join(folder(), 'bench.json');
    const { code, stdout, stderr } = await runToEnd(FILE, { QUICK: '1', PARTS: 'bundles', JSON_FILE: file });
    expect(code, stderr).to.equal(0);
    const { figures, isQuick }: { figures: Figure[]; isQuick: boolean } = JSON.parse(readFileSync(file, 'utf8'));
    expect([isQuick, figures.length > 2]).to.deep.equal([true, true]);
    for (const { what, value } of figures) expect(value, what).to.satisfy(Number.isFinite).and.to.be.at.least(0);
    expect(stdout.trim()).to.equal(renderTable(figures));
  });

  it('says what it can measure, and refuses a part that does not exist', async () => {
    expect((await runToEnd(FILE, {}, ['--help'])).stdout).to.match(/PARTS=.*runs/);
    const refused = await runToEnd(FILE, { PARTS: 'runs,none' });
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain('there is no part "none"');
  });

  it('has put the same rows into docs/performance.md', () => {
    const document = readFileSync(join(ROOT, 'docs', 'performance.md'), 'utf8');
    for (const name of ['bench', 'sweep']) expect(document).to.match(new RegExp(`<!-- ${name} -->\n\n\\| what`));
  });
});

describe('the limit of a run with uneven times', () => {
  it('is that of the slowest action of each round when all batches take the same', () => {
    expect(limitOf([...Array(64).keys()].map((position) => (position % 8 === 5 ? 700 : 300)))).to.equal(3 * 700);
  });

  it(`is never less than the work of the AI at full use, nor than the longest action (SEED=${SEED})`, () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 64 }), (latencies) => {
        const limit = limitOf(latencies);
        expect(limit).to.be.at.least(latencies.reduce((sum, each) => sum + each, 0) / 24);
        expect(limit).to.be.at.least(Math.max(...latencies));
      }),
      { seed: SEED },
    );
  });
});

describe('percentile', () => {
  it('is the value that so many do not exceed', () => {
    const values = [...Array(100).keys()].map((index) => 100 - index);
    expect([0.5, 0.99, 1].map((share) => percentile(values, share))).to.deep.equal([50, 99, 100]);
    expect(() => percentile([], 0.5)).to.throw(RangeError);
  });
});
