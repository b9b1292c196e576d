import { expect } from 'chai';
import { brokenDefinitions } from './broken.ts';
import { expectPromises } from './compare.ts';
import { mend } from './differences.ts';
import { description, useEngine } from './engine/engine.ts';
import { run } from './run.ts';
import { SCENARIOS } from './scenarios/all.ts';
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

  /** Runs scenarios at the same time. @returns what the first one that fails says */
  async function firstFailure(scenarios: readonly Scenario[]): Promise<string> {
    const fails = scenarios.map(async (scenario) => {
      try {
        expectPromises(scenario, mend(await run(engine(), scenario), scenario).mended);
      } catch (failure) {
        return `${scenario.name}: ${failure instanceof Error ? failure.message : failure}`;
      }
      throw new Error(`${scenario.name} passes`);
    });
    runs.push(...fails);
    return Promise.any(fails);
  }

  const scenariosOf = (state: string | undefined) =>
    SCENARIOS.filter(({ name }) =>
      state === undefined ? name === 'one failing' : name.startsWith(`${state} `),
    ).filter(({ name }) => !LONG.test(name));

  it('is not the one that is deployed', async () => {
    const failure = await firstFailure(scenariosOf(undefined)).catch((error: unknown) => error);
    expect(failure).to.be.an.instanceOf(AggregateError);
  });

  for (const broken of brokenDefinitions(definition)) {
    it(`is noticed: ${broken.what}`, async () => {
      await engine().second?.setDefinition(broken.definition);
      const failure = await firstFailure(scenariosOf(broken.state));
      if (process.env.CONFORMANCE_LOG) console.log(`        ${failure}`);
    });
  }
});
