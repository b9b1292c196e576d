import { expect } from 'chai';
import { failureOf } from '../support/failure.ts';
import { brokenDefinitions } from './broken.ts';
import { expectPromises } from './compare.ts';
import { description, useEngine } from './engine/engine.ts';
import { run } from './run.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';

const { definition } = description.stateMachine;
/** They take long, and show nothing that others do not. */
const LONG = /for good|are over/;

describe('a definition that is broken', function () {
  this.timeout(120_000);
  /** A test is over with the first that fails. */
  const runs: Promise<unknown>[] = [];
  after(() => Promise.allSettled(runs));
  const engine = useEngine('second');

  const check = async (scenario: Scenario) => expectPromises(scenario, (await run(engine(), scenario)).observed);

  /** Runs scenarios at the same time. @returns the first failure of a promise */
  function firstFailure(scenarios: readonly Scenario[]): Promise<Error> {
    const failures = scenarios.map((scenario) => failureOf(check(scenario)));
    runs.push(...failures);
    return Promise.any(failures);
  }

  const scenariosOf = (state = 'one failing') =>
    SCENARIOS.filter(({ name }) => `${name} `.startsWith(`${state} `) && !LONG.test(name));

  it('is not the one that is deployed', async () => {
    const failure = await firstFailure(scenariosOf(undefined)).catch((error: unknown) => error);
    expect(failure).to.be.an.instanceOf(AggregateError);
  });

  for (const broken of brokenDefinitions(definition)) {
    it(`is noticed: ${broken.what}`, async () => {
      await engine().second?.setDefinition(broken.definition);
      const failure = await firstFailure(scenariosOf(broken.state));
      if (process.env.CONFORMANCE_LOG) console.log(`        ${failure.message}`);
    });
  }
});
