import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PROPERTY_LIMIT_MS, SEED, TIMES } from '../support/seed.ts';
import { ROOT } from '../support/stack/process.ts';
import { type Result, replayCommand, runCommand, runSuite } from './explorer.ts';
import { plan } from './search/plan.ts';

const jobs = plan(TIMES);

describe('the code of the Lambdas, its calls released one at a time', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  let results: ReadonlyMap<string, Result> = new Map();

  before(async () => {
    results = await runSuite('scenarios');
  });

  for (const { scenario: name } of jobs) {
    it(`keeps every rule, in whatever order they come: ${name}`, () => {
      const result = results.get(name);
      expect(result?.schedules).to.be.greaterThan(1);
      const broken = (result?.violations ?? []).map(
        ({ rule, message, choices }) => `${rule}: ${message} (SEED=${SEED})\n  ${replayCommand(name, choices)}`,
      );
      expect(broken.join('\n')).to.equal('');
    });
  }

  const documented = readFileSync(join(ROOT, 'docs', 'development.md'), 'utf8').match(/^node --import .*$/gm) ?? [];
  for (const command of documented) {
    it(`is looked at by hand as docs/development.md says: ${command.replace(/^.*explore.ts /, '')}`, async () => {
      const { code, errors } = await runCommand(command);
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
    });
  }

  it('tells what happens in a schedule that is replayed', async () => {
    const { code, output } = await runCommand(replayCommand('save-cancel', '0,1,1'));
    expect(output).to.include('cancel: Transact').and.to.include('--- the schedule is over');
    expect(code).to.equal(0);
  });
});
