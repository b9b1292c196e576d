import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { failureOf } from '../support/failure.ts';
import { expectNoLongerWaits, expectPromises, withoutWaits } from './compare.ts';
import { mend, VISIBLE, WORKED_AROUND } from './differences.ts';
import { description, type EngineName, useEngine } from './engine/engine.ts';
import { type Result, run, runAll } from './run.ts';
import { SCENARIOS } from './scenarios/all.ts';
import type { Scenario } from './scenarios/scenario.ts';

const RUN_LIMIT_MS = 600_000;
const ENGINES = { local: 'the local engine', second: "moto's engine" } as const;

describe('the definition that is deployed, with the Lambdas that are deployed', () => {
  const results: Partial<Record<EngineName, ReadonlyMap<Scenario, Result>>> = {};

  /** A run without the known differences. */
  function withoutKnown(name: EngineName, scenario: Scenario, result: Result | undefined) {
    if (result === undefined) throw new Error('it was not run');
    if (result.status === 'rejected') throw result.reason;
    return name === 'second' ? mend(result.value, scenario) : { mended: result.value, seen: [] };
  }
  const observationOf = (name: EngineName, scenario: Scenario) =>
    withoutKnown(name, scenario, results[name]?.get(scenario));

  for (const name of ['local', 'second'] as const) {
    describe(`on ${ENGINES[name]}`, () => {
      const engine = useEngine(name);
      before(async function () {
        this.timeout(RUN_LIMIT_MS);
        results[name] = await runAll(engine(), SCENARIOS, (scenario, result) =>
          expectPromises(scenario, withoutKnown(name, scenario, result).mended),
        );
      });
      for (const scenario of SCENARIOS) {
        it(`does what is promised: ${scenario.name}`, () =>
          expectPromises(scenario, observationOf(name, scenario).mended));
      }
      it('waits no longer than the definition says', () =>
        expectNoLongerWaits(
          SCENARIOS.map((scenario) => ({ scenario, observed: observationOf(name, scenario).mended })),
        ));
      if (name === 'local') return;

      it(`still has what is worked around: ${WORKED_AROUND.alias.what}`, async () => {
        const [alias = ''] = description.stateMachine.aliasArns;
        const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
        const client = new SFNClient({
          endpoint: engine().second?.motoUrl ?? '',
          region: description.region,
          credentials,
        });
        const refused = await failureOf(client.send(new StartExecutionCommand({ stateMachineArn: alias })));
        client.destroy();
        expect(refused.name).to.equal('StateMachineDoesNotExist');
      });

      it(`still has what is worked around: ${WORKED_AROUND.serviceError.what}`, async function () {
        this.timeout(RUN_LIMIT_MS);
        const observed = await run(engine(), {
          name: 'refused by Lambda itself',
          actions: 1,
          script: ({ state }) => (state === 'GenerateTasks' ? { throttled: true } : undefined),
        });
        expect(observed.calls['GenerateTasks@0']).to.deep.equal(['Exception']);
      });
    });
  }

  describe('on both', () => {
    for (const scenario of SCENARIOS) {
      it(`comes to the same: ${scenario.name}`, () => {
        const [local, second] = (['local', 'second'] as const).map((name) =>
          withoutWaits(observationOf(name, scenario).mended),
        );
        expect(second).to.deep.equal(local);
      });
    }

    for (const difference of VISIBLE) {
      it(`still shows a known difference: ${difference.what}`, () => {
        const shown = SCENARIOS.filter((scenario) => observationOf('second', scenario).seen.includes(difference));
        expect(shown).to.not.deep.equal([]);
      });
    }
  });
});
