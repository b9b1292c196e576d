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
  const stack = useStack({ TIME_SCALE: '0.02', AI_LATENCY_MS: '150', ...unkind(AI_SELDOM_FAILS) });

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

  it('answers a start while it runs with the running execution (rule 1)', async () => {
    const user = await signIn(stack().url, 'start-twice', { isPatient: true });
    // It runs for 4 s at least: an answer may be late by the waits of the SDK.
    const { goalId } = await user.createGoal(titles(8, (index) => (index === 0 ? '[ai:hang=2]' : '')));
    const answers = await Promise.all(Array.from({ length: 6 }, () => user.start(goalId)));
    expect(answers.filter(({ status }) => status === 202)).to.have.length.at.most(1);
    for (const { status } of answers) expect(status).to.be.oneOf(STARTED);
    expect(new Set(answers.map(({ body }) => body.executionArn)).size).to.equal(1);
    await user.waitForEnd(answers[0]?.body.executionArn ?? '');
    const started = stack().stepFunctions.executions.list();
    expect(started.filter(({ executionArn }) => executionArn.includes(goalId))).to.have.length(1);
  });

  it('keeps what was saved when 5 actions are denied, lists the 5 with reasons, and tells people once', async () => {
    const { url, inbox } = stack();
    const user = await signIn(url, 'some-denied', { isPatient: true });
    const denied = new Set([3, 11, 12, 40, 63]);
    const goal = await user.createGoal(titles(64, (index) => (denied.has(index) ? '[ai:denied]' : '')));
    const { executionArn } = (await user.start(goal.goalId)).body;
    const status = await user.waitForEnd(executionArn);
    expect(status).to.include({ status: 'PARTIALLY_SUCCEEDED', progressPercentage: 100 });
    expect(status.outcomes.filter(({ outcome }) => outcome === 'SAVED')).to.have.length(59);
    expect(status.failedActions.map(({ title }) => title)).to.deep.equal(
      [...denied].map((index) => goal.actions[index]?.title),
    );
    for (const { error, reason } of status.failedActions) {
      expect(error).to.equal('PermanentError');
      expect(reason).to.contain('AccessDenied');
    }
    const tasks = await user.listTasks(goal.goalId);
    expect(new Set(tasks.map(({ actionId }) => actionId)).size).to.equal(59);
    expect((await user.getGoal(goal.goalId)).status).to.equal('partial');
    await until(() => inbox().some(about(executionArn)), 'there is a message');
    const messages = different(inbox().filter(about(executionArn)));
    expect(messages).to.have.length(1);
    expect(messages[0]?.message).to.contain('59 of 64');
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

  it('is cancelled with saves in flight: leaves no task of the execution, and the goal in draft (rule 2)', async () => {
    const { url, bedrock, inbox, stepFunctions } = stack();
    const user = await signIn(url, 'cancel-midway', { isPatient: true });
    const { goalId } = await user.createGoal(titles(64, (index) => (index < 56 ? '' : '[ai:hang=1]')));
    const { executionArn } = (await user.start(goalId)).body;
    await user.waitFor(executionArn, ({ processedActions }) => processedActions >= 10);
    const cancelled = await user.cancel(executionArn, 'changed my mind');
    expect([cancelled.status, cancelled.body.status]).to.deep.equal([200, 'ABORTED']);
    expect(await user.listTasks(goalId)).to.deep.equal([]);
    expect(await user.getGoal(goalId)).to.include({ status: 'draft' });
    const ended = { status: 'ABORTED', error: 'ABORT', cause: 'changed my mind' };
    expect(stepFunctions.executions.describe(executionArn)).to.include(ended);
    // The Lambdas that were running go on for a while: what they bring must be refused.
    await until(() => bedrock.concurrency.current === 0, 'all AI calls are over');
    const { outcomes } = await user.getStatus(executionArn);
    expect(new Set(outcomes.map(({ outcome }) => outcome))).to.deep.equal(new Set(['CANCELLED']));
    expect(await user.listTasks(goalId)).to.deep.equal([]);
    expect(inbox().filter(about(executionArn))).to.deep.equal([]);
  });

  it('is timed out after 900 s: what was saved stays, the goal is not stuck, and one high-priority alert is sent (rule 4)', async () => {
    const { url, bedrock, inbox } = stack();
    const user = await signIn(url, 'timed-out', { isPatient: true });
    // 8 batches of which each hangs for its whole 300 s: with 3 at a time they would take 900 s and more.
    const { goalId } = await user.createGoal(titles(64, (index) => (index % 8 === 0 ? '[ai:hang]' : '')));
    const { executionArn } = (await user.start(goalId)).body;
    const status = await user.waitForEnd(executionArn);
    expect(status).to.include({ status: 'TIMED_OUT', progressPercentage: 100 });
    const saved = status.outcomes.filter(({ outcome }) => outcome === 'SAVED');
    expect(saved.length).to.be.above(0);
    expect((await user.getGoal(goalId)).status).to.equal('partial');
    const tasks = await user.listTasks(goalId);
    expect(new Set(tasks.map(({ actionId }) => actionId))).to.deep.equal(
      new Set(saved.map(({ actionId }) => actionId)),
    );
    await until(() => inbox().some(about(executionArn)), 'there is a message');
    const messages = different(inbox().filter(about(executionArn)));
    expect(messages).to.have.length(1);
    expect(messages[0]?.subject).to.contain('HIGH PRIORITY');
    // Its Lambdas go on for a while: what they bring is refused. The goal is free: what is missing can be started.
    await until(() => bedrock.concurrency.current === 0, 'all AI calls are over');
    expect(await user.getStatus(executionArn)).to.deep.equal(status);
    expect(await user.listTasks(goalId)).to.deep.equal(tasks);
    const again = await user.start(goalId);
    expect(again.status).to.be.oneOf(STARTED);
    expect((await user.cancel(again.body.executionArn)).status).to.equal(200);
    expect(await user.listTasks(goalId)).to.deep.equal(tasks);
    expect((await user.getGoal(goalId)).status).to.equal('partial');
  });
});
