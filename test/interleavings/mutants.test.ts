import { expect } from 'chai';
import { PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { replayCommand, runCommand, useSuite } from './explorer.ts';
import { MUTANTS } from './mutants/index.ts';

describe('a fault in the code of the Lambdas', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const results = useSuite('mutants');

  for (const [name, { breaks, isMasked }] of Object.entries(MUTANTS)) {
    const rulesBroken = () => Object.keys(results.get(name)?.violations ?? {});
    if (isMasked) {
      it(`breaks nothing by itself: ${name}`, () => {
        expect(results.get(name)?.schedules).to.be.greaterThan(1);
        expect(rulesBroken()).to.deep.equal([]);
      });
    } else it(`is found: ${name}`, () => expect(rulesBroken()).to.include(breaks));
  }

  it('is shown by its replay', async () => {
    const name = 'slots have no limit';
    const choices = results.get(name)?.violations['too-many-slots']?.choices ?? [];
    const { code, output } = await runCommand(replayCommand('slots-three', choices, name));
    expect(output).to.include('!!! too-many-slots');
    expect(code).to.equal(1);
  });
});
