import { setTimeout as sleep } from 'node:timers/promises';
import type { Timeline } from '@goal-activity/get-history/src/timeline.ts';
import { expect } from 'chai';
import { useFaultyStack } from '../support/stack/fault-proxy.ts';
import { historyPath, type Started, signIn, statusPath, titles } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

/** The grace of a start, and so the least time between two repairs by readers, is 2 s at this scale. */
const TIME_SCALE = '0.2';
const GRACE_MS = 2_000;
const POLLS_MS = 5_000;

describe('status and history while Step Functions refuses every call', function () {
  this.timeout(120_000);
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

    let polls = 0;
    for (const endAt = performance.now() + POLLS_MS; performance.now() < endAt; await sleep(100)) {
      const { status, body } = await user.call<Started>('GET', statusPath(executionArn));
      expect([status, body.status]).to.deep.equal([200, 'RUNNING']);
      polls += 1;
    }
    expect((await user.call<Timeline>('GET', historyPath(executionArn))).status).to.equal(200);
    const tried = plan.calls.filter(
      ({ lambdaName, operation }) => lambdaName === 'get-status' && operation === 'StartExecution',
    );
    expect(polls).to.be.above(tried.length);
    expect(tried.length).to.be.within(1, Math.ceil(POLLS_MS / GRACE_MS));

    plan.arm();
    expect(await user.waitForEnd(executionArn)).to.include({ status: 'SUCCEEDED' });
  });
});
