import { expect } from 'chai';
import { differencesOf, expectPromises } from './compare.ts';
import { type Engine, useEngine } from './engine.ts';
import type { Observation } from './observe.ts';
import { runAll } from './run.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

/** What became of each scenario: an observation, or why there is none. */
type Results = ReadonlyMap<Scenario, PromiseSettledResult<Observation>>;

const RUN_LIMIT_MS = 300_000;
const ENGINES = { local: 'the local engine', second: "moto's engine" } as const;

function observationOf(results: Results | undefined, scenario: Scenario): Observation {
  const result = results?.get(scenario);
  if (result === undefined) throw new Error('it was not run');
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

describe('the definition that is deployed, with the Lambdas that are deployed', () => {
  const results: Partial<Record<Engine['name'], Results>> = {};

  for (const name of ['local', 'second'] as const) {
    describe(`on ${ENGINES[name]}`, () => {
      const engine = useEngine(name);
      before(async function () {
        this.timeout(RUN_LIMIT_MS);
        const startedAt = performance.now();
        results[name] = await runAll(engine(), SCENARIOS);
        console.log(`      ${SCENARIOS.length} runs in ${Math.round((performance.now() - startedAt) / 1000)} s`);
      });
      for (const scenario of SCENARIOS) {
        it(`does what is promised: ${scenario.name}`, () =>
          expectPromises(scenario, observationOf(results[name], scenario)));
      }
    });
  }

  describe('on both', () => {
    for (const scenario of SCENARIOS) {
      it(`does the same: ${scenario.name}`, () => {
        const local = observationOf(results.local, scenario);
        const second = observationOf(results.second, scenario);
        const found = differencesOf(local, second);
        expect(found, JSON.stringify(found, undefined, 2)).to.deep.equal([]);
      });
    }
  });
});
