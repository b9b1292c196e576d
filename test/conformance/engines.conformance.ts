import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { ThrottledError } from '../../local/aws/lambda/errors.ts';
import { allStates, parseDefinition } from '../../local/aws/step-functions/engine/definition.ts';
import { compare } from '../../scripts/replay/compare.ts';
import { unscaled } from '../../scripts/replay/history-file.ts';
import { play } from '../../scripts/replay/play.ts';
import { readRecording } from '../../scripts/replay/recording.ts';
import { failureOf } from '../support/failure.ts';
import { brokenDefinitions } from './broken.ts';
import { expectNoLongerWaits, expectPromises } from './compare.ts';
import { VISIBLE, WORKED_AROUND } from './differences.ts';
import { description, type EngineName, useEngine } from './engine/engine.ts';
import { TIME_SCALE } from './engine/scripts.ts';
import { sfnAt } from './engine/second-engine.ts';
import { foundOf, type Result, run, runAll } from './run.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';

const RUN_LIMIT_MS = 600_000;
const ENGINES = { local: 'the local engine', second: "moto's engine" } as const;

describe('the definition that is deployed, with the Lambdas that are deployed', () => {
  const results: Partial<Record<EngineName, ReadonlyMap<Scenario, Result>>> = {};

  const resultOf = (name: EngineName, scenario: Scenario) => foundOf(results[name]?.get(scenario));

  for (const name of ['local', 'second'] as const) {
    describe(`on ${ENGINES[name]}`, () => {
      const engine = useEngine(name);
      before(async function () {
        this.timeout(RUN_LIMIT_MS);
        results[name] = await runAll(engine(), SCENARIOS);
      });
      for (const scenario of SCENARIOS) {
        it(`does what is promised: ${scenario.name}`, () =>
          expectPromises(scenario, resultOf(name, scenario).observed));
      }
      it('waits no longer than the definition says', () =>
        expectNoLongerWaits(SCENARIOS.map((scenario) => ({ scenario, ...resultOf(name, scenario) }))));
      if (name === 'local') return;

      it(`still has what is worked around: ${WORKED_AROUND.alias.what}`, async () => {
        const [alias = ''] = description.stateMachine.aliasArns;
        const client = sfnAt(engine().second?.motoUrl ?? '', description.region);
        const refused = await failureOf(client.send(new StartExecutionCommand({ stateMachineArn: alias })));
        client.destroy();
        expect(refused.name).to.equal('StateMachineDoesNotExist');
      });

      it(`still has what is worked around: ${WORKED_AROUND.serviceError.what}`, async function () {
        this.timeout(RUN_LIMIT_MS);
        const { observed } = await run(engine(), {
          name: 'refused by Lambda itself',
          actions: 1,
          script: ({ state }) =>
            state === 'GenerateTasks' ? { by: () => Promise.reject(new ThrottledError()) } : undefined,
        });
        expect(observed.calls['GenerateTasks@0']).to.deep.equal(['Exception']);
      });
    });
  }

  describe('on both', () => {
    for (const scenario of SCENARIOS) {
      it(`comes to the same: ${scenario.name}`, () => {
        // Waits are held against the definition's.
        const [local, second] = (['local', 'second'] as const).map((name) => {
          const { waits: _waits, ...observed } = resultOf(name, scenario).observed;
          return observed;
        });
        expect(second).to.deep.equal(local);
      });
    }

    for (const difference of VISIBLE) {
      it(`still shows a known difference: ${difference.what}`, () => {
        const shown = SCENARIOS.filter((scenario) => resultOf('second', scenario).seen.includes(difference));
        expect(shown).to.not.deep.equal([]);
      });
    }
  });

  describe('replayed from the histories of the local engine', () => {
    const { definition } = description.stateMachine;
    /** The replay of a scenario by another definition. */
    const differencesOf = async (scenario: Scenario, today: unknown) => {
      const then = readRecording(unscaled(resultOf('local', scenario).history, TIME_SCALE));
      const played = await play(then, { definition: today, stateMachineArn: description.stateMachine.arn });
      return compare(then, played, new Set(allStates(parseDefinition(today)).map(([name]) => name)));
    };

    for (const scenario of SCENARIOS) {
      it(`is without a difference: ${scenario.name}`, async () =>
        expect(await differencesOf(scenario, definition)).to.deep.equal([]));
    }

    for (const { what, state = 'one failing', definition: today } of brokenDefinitions(definition)) {
      // The local engine takes no definition with a state that cannot be reached.
      if (/^(?:ActionFailed|UpdateProgress) without its catcher/.test(what)) continue;
      it(`differs by a definition with ${what}`, async () => {
        for (const scenario of SCENARIOS.filter(({ name }) => `${name} `.startsWith(`${state} `)))
          if ((await differencesOf(scenario, today)).length > 0) return;
        expect.fail('no scenario shows it');
      });
    }
  });
});
