import { expect } from 'chai';
import { PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { edit } from './edits.ts';
import { type Result, replayCommand, runCommand, runSuite } from './explorer.ts';
import { MUTANTS } from './mutants/index.ts';

describe('a fault in the code of the Lambdas', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  let results: ReadonlyMap<string, Result> = new Map();

  before(async () => {
    results = await runSuite('mutants');
  });

  const rulesBrokenBy = (name: string) => (results.get(name)?.violations ?? []).map(({ rule }) => rule);

  for (const [name, { breaks, maskedBy, isMasked }] of Object.entries(MUTANTS)) {
    if (isMasked) {
      it(`breaks nothing by itself: ${name}`, () => {
        expect(results.get(name)?.schedules).to.be.greaterThan(1);
        expect(rulesBrokenBy(name)).to.deep.equal([]);
      });
    } else if (maskedBy?.edits === undefined) {
      it(`is found: ${name}`, () => expect(rulesBrokenBy(name)).to.include(breaks));
    } else {
      it(`is found without what masks it, ${maskedBy.barrier}: ${name}`, () => {
        expect(rulesBrokenBy(name)).to.include(breaks);
      });
    }
  }

  it('that does not fit the code any more is no mutant', () => {
    for (const [name, { edits }] of Object.entries(MUTANTS)) {
      for (const { file } of edits) {
        expect(() => edit(`/lambdas/${file}`, 'other code', name), name).to.throw('does not fit any more');
      }
    }
  });

  it('is shown by its replay', async () => {
    const name = 'slots have no limit';
    const { scenario = '' } = MUTANTS[name] ?? {};
    const { choices = '' } = results.get(name)?.violations[0] ?? {};
    const { code, output } = await runCommand(replayCommand(scenario, choices, name));
    expect(output).to.include('!!! too-many-slots');
    expect(code).to.equal(1);
  });
});
