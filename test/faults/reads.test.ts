import { setTimeout as sleep } from 'node:timers/promises';
import type { Timeline } from '@goal-activity/get-history/src/timeline.ts';
import { expect } from 'chai';
import { useFaultyStack } from '../support/stack/fault-proxy.ts';
import { historyPath, type Started, signIn, statusPath, titles } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

/** The grace of a start, and so the least time between two repairs by readers, is 2 s at this scale. */
const TIME_SCALE = '0.2';
const GRACE_MS = 2_000;
/** For two repairs; only a defect takes so long. */
const LIMIT_MS = 100_000;

describe('status and history while Step Functions refuses every call', function () {
  this.timeout(300_000);
  const { stack, plan } = useFaultyStack({ TIME_SCALE, AI_LATENCY_MS: '5', ...unkind(AI_SELDOM_FAILS) }, { slowMs: 0 });

  it('are answered from the record; a start that it refused is tried again at most once in the grace, and runs in the end', async () => {
    const user = await signIn(stack().url, 'refused', { isPatient: true });
    const { goalId } = await user.createGoal(titles(2));
    plan.arm(({ service }) => (service === 'states' ? 'fail' : undefined));
    const once = await signIn(stack().url, 'refused');
    const start = await once.call<Started & { code: string }>('POST', `/api/goals/${goalId}/start-activity`);
    expect([start.status, start.body.code]).to.deep.equal([503, 'start_delayed']);
    const { executionArn } = await user.getGoal(goalId);
    if (executionArn === null) throw new Error('the goal was not claimed');

    const tries = () =>
      plan.calls.filter(({ lambdaName, operation }) => lambdaName === 'get-status' && operation === 'StartExecution');
    /** Of each poll that has tried to start it, when it was asked and answered. */
    const repairs: { asked: number; answered: number }[] = [];
    for (const giveUpAt = performance.now() + LIMIT_MS; repairs.length < 2; await sleep(100)) {
      expect(performance.now()).to.be.below(giveUpAt);
      const [before, asked] = [tries().length, performance.now()];
      const { status, body } = await user.call<Started>('GET', statusPath(executionArn));
      expect([status, body.status]).to.deep.equal([200, 'RUNNING']);
      if (tries().length > before) repairs.push({ asked, answered: performance.now() });
    }
    expect(tries()).to.have.length(2);
    const [first = { asked: 0 }, second = { answered: 0 }] = repairs;
    expect(second.answered - first.asked).to.be.at.least(GRACE_MS);
    expect((await user.call<Timeline>('GET', historyPath(executionArn))).status).to.equal(200);

    plan.arm();
    expect(await user.waitForEnd(executionArn)).to.include({ status: 'SUCCEEDED' });
  });
});
