import { expect } from 'chai';
import { terraformPath } from '../../local/stack.ts';
import { readTerraform } from '../../local/terraform.ts';
import { brokenDefinitions } from './broken.ts';
import { expectPromises } from './compare.ts';
import { mend } from './differences.ts';
import { STAGE, useEngine } from './engine.ts';
import { run } from './run.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

const { definition } = readTerraform(terraformPath(STAGE)).stateMachine;
/** They take long, and show nothing that others do not. */
const LONG = /for good|are over/;

describe('a definition that is broken', function () {
  this.timeout(120_000);
  const engine = useEngine('second');

  /** Runs scenarios at the same time. @returns what the first one that fails says */
  async function firstFailure(scenarios: readonly Scenario[], again: string): Promise<string> {
    const fails = scenarios.map(async (scenario) => {
      try {
        expectPromises(scenario, mend(await run(engine(), scenario, again), scenario).mended);
      } catch (failure) {
        return `${scenario.name}: ${failure instanceof Error ? failure.message : failure}`;
      }
      throw new Error(`${scenario.name} passes`);
    });
    return Promise.any(fails);
  }

  const scenariosOf = (state: string | undefined) =>
    SCENARIOS.filter(({ name }) =>
      state === undefined ? name === 'one failing' : name.startsWith(`${state} `),
    ).filter(({ name }) => !LONG.test(name));

  it('is not the one that is deployed', async () => {
    const scenarios = scenariosOf(undefined);
    const failure = await firstFailure(scenarios, ' whole').catch((error: unknown) => error);
    expect(failure).to.be.an.instanceOf(AggregateError);
  });

  for (const [index, broken] of brokenDefinitions(definition).entries()) {
    it(`is noticed: ${broken.what}`, async () => {
      await engine().setDefinition(broken.definition);
      const failure = await firstFailure(scenariosOf(broken.state), ` broken ${index}`);
      if (process.env.CONFORMANCE_LOG) console.log(`        ${failure}`);
    });
  }
});
