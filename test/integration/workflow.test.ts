import { expect } from 'chai';
import { NO_AI_FAULTS } from '../../local/aws/bedrock/settings.ts';
import { engineEnd } from '../support/history.ts';
import { messagesAbout } from '../support/stack/messages.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

describe('a workflow from HTTP request to saved tasks', function () {
  this.timeout(300_000);
  const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '500', ...unkind(AI_SELDOM_FAILS) });

  it('turns 64 actions into saved tasks, with at most 160 state entries and 24 AI calls in flight', async () => {
    const { url, bedrock, stateEntries } = stack();
    const user = await signIn(url, 'all-succeed', { isPatient: true });
    const { goalId, actions } = await user.createGoal(titles(64));
    const started = await user.start(goalId);
    // 200: the first answer was 5xx though the start went through.
    expect(started.status).to.be.oneOf([202, 200]);
    const { executionArn } = started.body;
    const status = await user.waitForEnd(executionArn);
    expect(status).to.include({
      status: 'SUCCEEDED',
      progressPercentage: 100,
      processedActions: 64,
      estimatedSecondsRemaining: 0,
    });
    expect(status.failedActions).to.deep.equal([]);
    const tasks = await expectTasksOf(user, goalId, [status]);
    expect([...new Set(tasks.map(({ actionId }) => actionId))]).to.have.members(
      actions.map(({ actionId }) => actionId),
    );
    expect((await user.getGoal(goalId)).status).to.equal('active');
    expect(stateEntries(executionArn)).to.be.within(130, 160);
    // More than a batch at once, however slow the machine is.
    expect(bedrock.concurrency.peak).to.be.within(9, 24);
    expect(messagesAbout(stack(), executionArn)).to.deep.equal([]);
    expect((await user.start(goalId)).status).to.equal(409);
  });

  it('takes the largest goal there may be through every state (256 KiB between states)', async () => {
    const user = await signIn(stack().url, 'largest', { isPatient: true });
    const actions = Array.from({ length: 64 }, (_, index) => ({
      title: `${index}`.padEnd(200, '目'),
      description: '標'.repeat(2000),
      type: 'execution',
      subGoal: '値'.repeat(200),
    }));
    const goal = { title: '最'.repeat(200), description: '大'.repeat(2000), deadline: '2027-12-31', actions };
    const { goalId } = (await user.call<{ goalId: string }>('POST', '/api/goals', goal)).body;
    const { executionArn } = (await user.start(goalId)).body;
    expect(await user.waitForEnd(executionArn)).to.include({ status: 'SUCCEEDED', processedActions: 64 });
  });

  it('fails, alerts and marks the goal failed when every action is denied, with 160 state entries at most', async () => {
    const { url, stateEntries } = stack();
    const user = await signIn(url, 'all-denied', { isPatient: true });
    const { goalId } = await user.createGoal(titles(64, () => '[ai:denied]'));
    const { executionArn } = (await user.start(goalId)).body;
    const status = await user.waitForEnd(executionArn);
    expect(status).to.include({ status: 'FAILED', processedActions: 64 });
    expect(status.failedActions).to.have.length(64);
    expect((await user.getGoal(goalId)).status).to.equal('failed');
    expect(await user.listTasks(goalId)).to.deep.equal([]);
    await engineEnd(stack(), executionArn);
    await until(() => messagesAbout(stack(), executionArn).length > 0, 'there is a message');
    const messages = messagesAbout(stack(), executionArn);
    expect(messages).to.have.length(1);
    expect(messages[0]).to.include({ topicName: 'goal-activity-dev-alerts' });
    expect(messages[0]?.to).not.to.deep.equal([]);
    expect(stateEntries(executionArn)).to.be.at.most(160);
  });

  it('gives up after 3 retries, and escalates when several actions are out of retries (requirement 8)', async () => {
    const { url, bedrock } = stack();
    const { faults } = bedrock.settings();
    // Calls are counted: the AI does nothing but what the tags say.
    bedrock.configure({ faults: NO_AI_FAULTS });
    const user = await signIn(url, 'out-of-retries', { isPatient: true });
    const before = bedrock.calls;
    const { goalId } = await user.createGoal(titles(4, (index) => (index === 0 ? '' : '[ai:throttle]')));
    const { executionArn } = (await user.start(goalId)).body;
    const status = await user.waitForEnd(executionArn);
    expect(status.failedActions.map(({ error }) => error)).to.deep.equal(Array(3).fill('TransientError'));
    expect(bedrock.calls - before).to.equal(1 + 3 * 4);
    bedrock.configure({ faults });
    await engineEnd(stack(), executionArn);
    const messages = () => messagesAbout(stack(), executionArn);
    await until(() => messages().length > 0, 'there is a message');
    expect(
      messages().map(({ topicName, subject, attributes }) => [topicName, subject?.includes('ESCALATED'), attributes]),
    ).to.deep.equal([['goal-activity-dev-alerts', true, { kind: 'escalation' }]]);
  });
});
