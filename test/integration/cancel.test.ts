import { expect } from 'chai';
import { patiently, send, signIn, titles, useStack } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

describe('cancelling a workflow', function () {
  this.timeout(300_000);
  const stack = useStack({ AI_LATENCY_MS: '20-200', ...unkind() });

  it('leaves no task of the execution, even with saves in flight, and the goal in draft (rule 2)', async () => {
    const { url, inbox, stepFunctions } = stack();
    const user = await signIn(url, 'cancel-midway', { isPatient: true });
    const { goalId } = await user.createGoal(titles(64));
    const { executionArn } = (await user.start(goalId)).body;
    await user.waitFor(executionArn, ({ processedActions }) => processedActions >= 10);
    const cancelled = await user.cancel(executionArn, 'changed my mind');
    expect(cancelled.status).to.equal(200);
    expect(cancelled.body).to.include({ status: 'ABORTED' });
    expect(await user.listTasks(goalId)).to.deep.equal([]);
    expect(await user.getGoal(goalId)).to.include({ status: 'draft' });
    expect(stepFunctions.executions.describe(executionArn)).to.include({
      status: 'ABORTED',
      error: 'ABORT',
      cause: 'changed my mind',
    });
    // The Lambdas that were running go on for a while: what they bring must be refused.
    await until(() => stack().bedrock.concurrency.current === 0, 'all AI calls are over');
    expect((await user.getStatus(executionArn)).outcomes.every(({ outcome }) => outcome === 'CANCELLED')).to.equal(
      true,
    );
    expect(await user.listTasks(goalId)).to.deep.equal([]);
    expect(inbox()).to.deep.equal([]);
  });

  it('works without a body and refuses a reason that is none', async () => {
    const { url } = stack();
    const user = await signIn(url, 'cancel-bodies', { isPatient: true });
    const { goalId } = await user.createGoal(titles(8));
    const { executionArn } = (await user.start(goalId)).body;
    const path = `/api/workflows/${encodeURIComponent(executionArn)}/cancel`;
    expect((await user.call<{ code: string }>('POST', path, { reason: '' })).body.code).to.equal('invalid_request');
    expect((await user.call<{ code: string }>('POST', path, { because: 'x' })).body.code).to.equal('invalid_request');
    expect((await patiently(() => send(url, 'POST', path, { token: user.token }))).status).to.equal(200);
  });
});
