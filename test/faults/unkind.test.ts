import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ALL_FAULTS, readAwsFaults } from '../../local/aws/aws-faults.ts';
import { NO_AI_FAULTS } from '../../local/aws/bedrock/settings.ts';
import { ExecutionHistory, engineEnd } from '../support/history.ts';
import { SEED } from '../support/seed.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

/** The faults of AWS_FAULTS, each turned up until it is certain, in a whole stack; what they do in detail is tested beside them. */
describe('a stack that is unkind', function () {
  this.timeout(300_000);

  it('has every fault by the seed of this run, each share twice as high in `make soak`, but for what a test wants', () => {
    const wanted = { aiReset: 0.05, indexLagMs: 5 };
    const faults = (times: number) => readAwsFaults(unkind(wanted, times).AWS_FAULTS);
    const all = { ...ALL_FAULTS, ...wanted, seed: String(SEED) };
    expect(faults(1)).to.deep.equal(all);
    const { outageMs, lambdaConcurrency } = all;
    const soaked = { wholeSeconds: 0.5, databaseThrottle: 0.008, aiCut: 0.02, snsOutage: 0.1, eventLate: 0.4 };
    expect(faults(2)).to.include({ ...wanted, ...soaked, outageMs, lambdaConcurrency });
  });

  /** Goals that run at once, of 24 AI calls at once each; the stage dev keeps 48 for the function that makes them. */
  const GOALS = 4;
  const ACTIONS = 24;
  const RESERVED = 48;

  describe('with faults that are certain', () => {
    const faults = { indexLagMs: 60_000, snsOutage: 1, outageMs: 50, eventDoubled: 1, wholeSeconds: 1, seed: SEED };
    const ofTheAi = { aiSlow: 0.25, aiThrottle: 0.125, lambdaConcurrency: 1 };
    const stack = useStack({ AWS_FAULTS: JSON.stringify({ ...faults, ...ofTheAi }), TIME_SCALE: '0.1' });

    async function startGoal(name: string, actions: readonly string[]) {
      const user = await signIn(stack().url, name);
      const { goalId } = await user.createGoal(actions);
      return { user, executionArn: (await user.start(goalId)).body.executionArn };
    }

    it('gives the AI its shares and its seed, shows no new goal in a list, refuses messages, and doubles events', async () => {
      const { bedrock, logFile, stepFunctions } = stack();
      expect(bedrock.settings()).to.include({ seed: String(SEED) });
      expect(bedrock.settings().faults).to.include({ slow: 0.25, busy: 0.125, reset: 0 });
      // Long enough that the calls of all goals meet on a slow machine too.
      bedrock.configure({ faults: NO_AI_FAULTS, latencyMs: 2_000 });
      const { user, executionArn } = await startGoal('outage', ['Walk [ai:denied]']);
      expect((await user.listGoals()).items).to.deep.equal([]);
      // The record has its end before the machine tells people of it.
      await engineEnd(stack(), executionArn);
      const failures = stepFunctions.executions
        .history(executionArn)
        .flatMap(({ taskFailedEventDetails: failed }) => (failed?.resourceType === 'sns' ? failed.error : []));
      expect(failures).not.to.be.empty;
      for (const error of failures)
        expect(error).to.be.oneOf(['SNS.ThrottledException', 'SNS.InternalErrorException', 'SNS.SdkClientException']);
      const handled = () =>
        readFileSync(logFile, 'utf8')
          .split('\n')
          .filter((line) => line.includes('"function":"handle-error"') && line.includes('"message":"step started"'));
      await until(() => handled().length >= 2, 'the event has come twice');
      for (const line of handled()) expect(line).to.contain(executionArn);
    });

    it('throttles more AI calls than are reserved: they are tried again until all are done, never more than that at once', async () => {
      const runs = await Promise.all(
        Array.from({ length: GOALS }, (_, index) => startGoal(`user-${index}`, titles(ACTIONS))),
      );
      let throttled = 0;
      for (const { user, executionArn } of runs) {
        expect(await user.waitForEnd(executionArn)).to.deep.include({ status: 'SUCCEEDED', failedActions: [] });
        const tries = new ExecutionHistory(stack(), executionArn).invocations('GenerateTasks');
        throttled += tries.filter(({ error }) => error === 'Lambda.TooManyRequestsException').length;
        // Every batch starts on a whole second.
        for (const { input } of tries)
          expect(Object(input).batchStartedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      }
      expect(throttled).to.be.above(0);
      expect(stack().bedrock.concurrency.peak).to.be.within(RESERVED / 2 + 1, RESERVED);
      const counted = stack()
        .metrics()
        ['AWS/Lambda']?.filter(({ metricName }) => metricName === 'Throttles')
        .filter(({ dimensions }) => dimensions.FunctionName?.endsWith('-generate-tasks'));
      expect(counted?.map(({ sum }) => sum)).to.deep.equal([throttled]);
    });
  });
});
