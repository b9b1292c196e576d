import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ALL_FAULTS, readAwsFaults } from '../../local/aws/aws-faults.ts';
import { SEED } from '../support/seed.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';

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

  describe('with indexes that lag, an SNS that is down and events that come twice', () => {
    const faults = { indexLagMs: 60_000, snsOutage: 1, outageMs: 50, eventDoubled: 1 };
    const stack = useStack({ AWS_FAULTS: JSON.stringify({ ...faults, seed: SEED }), TIME_SCALE: '0.01' });

    it('does not list yet a goal that was just made, though the goal itself can be read', async () => {
      const user = await signIn(stack().url, 'lag');
      const { goalId } = await user.createGoal(titles(1));
      expect((await user.getGoal(goalId)).goalId).to.equal(goalId);
      expect((await user.listGoals()).items).to.deep.equal([]);
    });

    it('lets the machine meet an SNS that refuses, and delivers the event of its end twice', async () => {
      const user = await signIn(stack().url, 'outage');
      const { goalId } = await user.createGoal(titles(1, () => '[ai:denied]'));
      const { executionArn } = (await user.start(goalId)).body;
      await user.waitForEnd(executionArn);
      const { executions } = stack().stepFunctions;
      // The record has its end before the machine tells people of it.
      while (executions.describe(executionArn).status === 'RUNNING') await sleep(5);
      const failures = executions
        .history(executionArn)
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
      while (handled().length < 2) await sleep(5);
      for (const line of handled()) expect(line).to.contain(executionArn);
    });
  });

  describe('with a Step Functions that is down', () => {
    const stack = useStack({ AWS_FAULTS: JSON.stringify({ statesOutage: 1, outageMs: 10, seed: SEED }) });

    it('cannot start an execution', async () => {
      const user = await signIn(stack().url, 'down');
      const { goalId } = await user.createGoal(titles(1));
      expect((await user.start(goalId)).status).to.be.within(500, 599);
    });
  });
});
