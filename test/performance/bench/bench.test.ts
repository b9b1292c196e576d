import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { useDataDir } from '../../support/data-dir.ts';
import { runToEnd } from '../../support/stack/process.ts';
import type { Figure } from './figures.ts';
import { renderTable } from './table.ts';

describe('make bench', function () {
  this.timeout(300_000);
  const folder = useDataDir();

  it('QUICK=1 measures every part, fails no action, and finds no run faster than the AI alone', async () => {
    const file = join(folder(), 'bench.json');
    const { code, stdout, stderr } = await runToEnd('test/performance/bench/bench.ts', { QUICK: '1', JSON_FILE: file });
    expect(code, stderr).to.equal(0);
    const { figures, isQuick }: { figures: Figure[]; isQuick: boolean } = JSON.parse(readFileSync(file, 'utf8'));
    expect(isQuick).to.equal(true);
    for (const { what, value } of figures) expect(value, what).to.satisfy(Number.isFinite).and.to.be.at.least(0);
    for (const { what, value } of figures)
      if (/^64 actions.*start to end/.test(what)) expect(value, what).to.be.at.least(1);
      else if (what.includes('failed actions')) expect(value, what).to.equal(0);
    expect(stdout.trim()).to.equal(renderTable(figures));
  });
});
