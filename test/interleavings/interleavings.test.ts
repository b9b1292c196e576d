import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PROPERTY_LIMIT_MS, SEED } from '../support/seed.ts';
import { isChosen } from '../support/stack/fault-proxy.ts';
import { ROOT } from '../support/stack/process.ts';
import { replayCommand, runCommand, useSuite } from './explorer.ts';
import { SCENARIOS } from './scenarios/index.ts';

describe('the code of the Lambdas, its calls released one at a time', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const results = useSuite('scenarios');

  for (const [index, name] of Object.keys(SCENARIOS).entries()) {
    if (!isChosen(index)) continue;
    it(`keeps every rule, in whatever order they come: ${name}`, () => {
      const { schedules, violations = {} } = results.get(name) ?? {};
      expect(schedules).to.be.greaterThan(1);
      const broken = Object.entries(violations).map(
        ([rule, { message, choices }]) => `${rule}: ${message} (SEED=${SEED})\n  ${replayCommand(name, choices)}`,
      );
      expect(broken.join('\n')).to.equal('');
    });
  }

  const documented = readFileSync(join(ROOT, 'docs', 'development.md'), 'utf8').match(/^node --import .*$/gm) ?? [];
  for (const command of documented) {
    it(`is looked at by hand as docs/development.md says: ${command.replace(/^.*explore.ts /, '')}`, async () => {
      const { code, errors, output } = await runCommand(command);
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
      if (command.includes(' replay ')) {
        expect(output).to.include('cancel: Transact').and.to.include('--- the schedule is over');
      }
    });
  }
});
