import { expect } from 'chai';
import { NO_AI_FAULTS } from '../../local/aws/bedrock/settings.ts';
import type { InboxMessage } from '../../local/aws/sns/inbox.ts';
import { engineEnd } from '../support/history.ts';
import { type Status, signIn, titles, useStack } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

/** Messages of the inbox about one execution. */
const about = (executionArn: string) => (each: { message: string }) => each.message.includes(executionArn);

/** Each once: SNS may take a message and say that it did not, and then gets it again. */
function different(messages: readonly InboxMessage[]): InboxMessage[] {
  const textOf = ({ topicName, subject, message }: InboxMessage) => JSON.stringify([topicName, subject, message]);
  return [...new Map(messages.map((each) => [textOf(each), each])).values()];
}

/** 200: the first answer was 5xx though the start went through. */
const STARTED = [202, 200];

describe('a workflow from HTTP request to saved tasks', function () {
  this.timeout(300_000);
  const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '500', ...unkind(AI_SELDOM_FAILS) });

  it('turns 64 actions into saved tasks, with at most 160 state entries and 24 AI calls in flight', async () => {
    const { url, bedrock, stateEntries, inbox } = stack();
    const user = await signIn(url, 'all-succeed', { isPatient: true });
    const { goalId, actions } = await user.createGoal(titles(64));
    const started = await user.start(goalId);
    expect(started.status).to.be.oneOf(STARTED);
    const { executionArn } = started.body;
    const seen: Status[] = [];
    const status = await user.waitFor(executionArn, (each) => {
      seen.push(each);
      return each.status !== 'RUNNING';
    });
    expect(status).to.include({
      status: 'SUCCEEDED',
      progressPercentage: 100,
      processedActions: 64,
      estimatedSecondsRemaining: 0,
    });
    expect(status.failedActions).to.deep.equal([]);
    const percentages = seen.map(({ progressPercentage }) => progressPercentage);
    expect(percentages).to.deep.equal([...percentages].sort((a, b) => a - b));
    for (const each of seen) expect(each.progressPercentage).to.equal(Math.floor((100 * each.processedActions) / 64));
    const tasks = await user.listTasks(goalId);
    expect(new Set(tasks.map(({ taskId }) => taskId)).size).to.equal(tasks.length);
    for (const { actionId, position } of actions) {
      const own = tasks.filter((task) => task.actionId === actionId);
      expect(own.length, `action ${position}`).to.equal(status.outcomes[position]?.taskCount).and.to.be.at.least(1);
    }
    expect((await user.getGoal(goalId)).status).to.equal('active');
    expect(stateEntries(executionArn)).to.be.within(130, 160);
    // More than a batch at once, however slow the machine is.
    expect(bedrock.concurrency.peak).to.be.within(9, 24);
    expect(inbox().filter(about(executionArn))).to.deep.equal([]);
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
    const { url, bedrock, inbox, stateEntries } = stack();
    const user = await signIn(url, 'all-denied', { isPatient: true });
    const { goalId } = await user.createGoal(titles(64, () => '[ai:denied]'));
    const { executionArn } = (await user.start(goalId)).body;
    const status = await user.waitForEnd(executionArn);
    expect(status).to.include({ status: 'FAILED', processedActions: 64 });
    expect(status.failedActions).to.have.length(64);
    expect((await user.getGoal(goalId)).status).to.equal('failed');
    expect(await user.listTasks(goalId)).to.deep.equal([]);
    await engineEnd(stack(), executionArn);
    await until(() => inbox().some(about(executionArn)), 'there is a message');
    const messages = different(inbox().filter(about(executionArn)));
    expect(messages).to.have.length(1);
    expect(messages[0]).to.include({ topicName: 'goal-activity-dev-alerts' });
    expect(messages[0]?.to).not.to.deep.equal([]);
    expect(stateEntries(executionArn)).to.be.at.most(160);
    const again = await user.start(goalId);
    expect(again.status).to.be.oneOf(STARTED);
    expect((await user.cancel(again.body.executionArn)).status).to.equal(200);
    expect((await user.getGoal(goalId)).status).to.equal('draft');
    await until(() => bedrock.concurrency.current === 0, 'all AI calls are over');
  });

  it('gives up after 3 retries, and escalates when several actions are out of retries (requirement 8)', async () => {
    const { url, bedrock, inbox } = stack();
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
    const messages = () => different(inbox().filter(about(executionArn)));
    await until(() => messages().length > 0, 'there is a message');
    expect(
      messages().map(({ topicName, subject, attributes }) => [topicName, subject?.includes('ESCALATED'), attributes]),
    ).to.deep.equal([['goal-activity-dev-alerts', true, { kind: 'escalation' }]]);
  });
});
