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
  this.timeout(120_000);

  it('has every fault, drawn from the seed of this run, but for what a test wants otherwise', () => {
    expect(readAwsFaults(unkind({ indexLagMs: 5, snsOutage: 0 }, 1).AWS_FAULTS)).to.deep.equal({
      ...ALL_FAULTS,
      indexLagMs: 5,
      snsOutage: 0,
      seed: String(SEED),
    });
  });

  it('has each share twice as high in `make soak`, but for what a test wants; durations and switches stay', () => {
    expect(readAwsFaults(unkind({ aiReset: 0.05 }, 2).AWS_FAULTS)).to.deep.equal({
      ...ALL_FAULTS,
      wholeSeconds: 0.5,
      databaseThrottle: 0.008,
      databaseError: 0.004,
      aiReset: 0.05,
      aiCut: 0.02,
      aiEmpty: 0.02,
      aiSlow: 0.04,
      aiThrottle: 0.02,
      aiUnavailable: 0.02,
      statesOutage: 0.02,
      snsOutage: 0.1,
      eventLost: 0.2,
      eventDoubled: 0.2,
      eventLate: 0.4,
      seed: String(SEED),
    });
  });

  /** Goals that run at once, of 24 AI calls at once each; the stage dev keeps 48 for the function that makes them. */
  const GOALS = 3;
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

    it('gives the AI its shares and its seed', () => {
      const { faults: shares, seed } = stack().bedrock.settings();
      expect(shares).to.deep.include({ slow: 0.25, busy: 0.125, reset: 0 });
      expect(seed).to.equal(String(SEED));
      // Long enough that the calls of all goals meet on a slow machine too.
      stack().bedrock.configure({ faults: NO_AI_FAULTS, latencyMs: 2_000 });
    });

    it('does not list yet a goal that was just made, though the goal itself can be read', async () => {
      const user = await signIn(stack().url, 'lag');
      const { goalId } = await user.createGoal(titles(1));
      expect((await user.getGoal(goalId)).goalId).to.equal(goalId);
      expect((await user.listGoals()).items).to.deep.equal([]);
    });

    it('lets the machine meet an SNS that refuses, and delivers the event of its end twice', async () => {
      const { executionArn } = await startGoal('outage', ['Walk [ai:denied]']);
      // The record has its end before the machine tells people of it.
      await engineEnd(stack(), executionArn);
      const failures = stack()
        .stepFunctions.executions.history(executionArn)
        .flatMap(({ taskFailedEventDetails }) =>
          taskFailedEventDetails?.resourceType === 'sns' ? [taskFailedEventDetails.error] : [],
        );
      expect(failures).not.to.be.empty;
      for (const error of failures)
        expect(error).to.be.oneOf(['SNS.ThrottledException', 'SNS.InternalErrorException', 'SNS.SdkClientException']);
      const handled = () =>
        readFileSync(stack().logFile, 'utf8')
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
      expect(stack().bedrock.concurrency.peak)
        .to.be.at.most(RESERVED)
        .and.above(RESERVED / 2);
      const counted = stack()
        .metrics()
        ['AWS/Lambda']?.filter(({ metricName }) => metricName === 'Throttles')
        .filter(({ dimensions }) => dimensions.FunctionName?.endsWith('-generate-tasks'));
      expect(counted?.map(({ sum }) => sum)).to.deep.equal([throttled]);
    });
  });
});
