import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { ThrottledError } from '../../local/aws/lambda/errors.ts';
import { failureOf } from '../support/failure.ts';
import { expectNoLongerWaits, expectPromises } from './compare.ts';
import { VISIBLE, WORKED_AROUND } from './differences.ts';
import { description, type EngineName, useEngine } from './engine/engine.ts';
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
});
