import { expect } from 'chai';
import {
  cancelPath,
  historyPath,
  retryPath,
  type Started,
  signIn,
  statusPath,
  titles,
  useStack,
} from '../support/stack/stack.ts';

interface Refusal {
  code: string;
}

describe('start, retry, cancel and lists', function () {
  this.timeout(300_000);
  const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '20-60' });

  it('retries only the actions without tasks, with the text that they have by then (requirement 14)', async () => {
    const user = await signIn(stack().url, 'retry');
    const goal = await user.createGoal(titles(10, (index) => (index === 2 || index === 9 ? '[ai:denied]' : '')));
    const { executionArn } = (await user.start(goal.goalId)).body;
    expect(await user.waitForEnd(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED' });
    const kept = await user.listTasks(goal.goalId);

    const [third, tenth, first] = [goal.actions[2], goal.actions[9], goal.actions[0]];
    const change = (actionId = '', body: object = {}) =>
      user.call<Refusal & { title: string }>('PATCH', `/api/goals/${goal.goalId}/actions/${actionId}`, body);
    expect((await change(third?.actionId, { title: 'Walk 3 km' })).body.title).to.equal('Walk 3 km');
    expect((await user.getGoal(goal.goalId)).version).to.equal(4);
    const hasTasks = await change(first?.actionId, { title: 'Walk' });
    expect([hasTasks.status, hasTasks.body.code]).to.deep.equal([409, 'action_has_tasks']);

    const retried = await user.call<Started>('POST', retryPath(executionArn));
    expect(retried.status).to.equal(202);
    const second = await user.waitForEnd(retried.body.executionArn);
    expect(second.outcomes.map(({ actionId }) => actionId)).to.deep.equal([third?.actionId, tenth?.actionId]);
    expect(second.outcomes.map(({ outcome }) => outcome)).to.deep.equal(['SAVED', 'FAILED']);

    await change(tenth?.actionId, { title: 'Walk 10 km', description: 'At least.' });
    const last = await user.call<Started>('POST', retryPath(executionArn));
    expect(await user.waitForEnd(last.body.executionArn)).to.include({ status: 'SUCCEEDED', totalActions: 1 });
    const tasks = await user.listTasks(goal.goalId);
    expect(new Set(tasks.map(({ actionId }) => actionId)).size).to.equal(10);
    expect(tasks.filter((task) => task.executionArn === executionArn)).to.deep.equal(kept);
    expect((await user.getGoal(goal.goalId)).status).to.equal('active');
    const nothing = await user.call<Refusal>('POST', retryPath(executionArn));
    expect([nothing.status, nothing.body.code]).to.deep.equal([409, 'nothing_to_retry']);
  });

  it('answers a retry with the execution that runs, and changes no action meanwhile', async () => {
    const user = await signIn(stack().url, 'retry-running');
    const { goalId, actions } = await user.createGoal(titles(1, () => '[ai:hang]'));
    const { executionArn } = (await user.start(goalId)).body;
    const again = await user.call<Started>('POST', retryPath(executionArn));
    expect([again.status, again.body.executionArn]).to.deep.equal([200, executionArn]);
    const path = `/api/goals/${goalId}/actions/${actions[0]?.actionId}`;
    const changed = await user.call<Refusal>('PATCH', path, { title: 'x' });
    expect([changed.status, changed.body.code]).to.deep.equal([409, 'goal_processing']);
    const unknown = await user.call<Refusal>('PATCH', `/api/goals/${goalId}/actions/none`, { title: 'x' });
    expect([unknown.status, unknown.body.code]).to.deep.equal([404, 'action_not_found']);
    expect((await user.call('PATCH', path, {})).status).to.equal(422);
    await user.cancel(executionArn);
    const retried = await user.call<Started>('POST', retryPath(executionArn));
    expect(retried.status).to.equal(202);
    await user.cancel(retried.body.executionArn);
  });

  it('lets a user have five executions running, and starts the sixth once one has ended', async () => {
    const user = await signIn(stack().url, 'busy');
    const goals = await Promise.all(Array.from({ length: 6 }, () => user.createGoal(titles(1, () => '[ai:hang]'))));
    const answers = await Promise.all(
      goals.map(async ({ goalId }) => ({
        goalId,
        ...(await user.call<Started & Refusal>('POST', `/api/goals/${goalId}/start-activity`)),
      })),
    );
    const running = answers.filter(({ status }) => status === 202);
    const [refused, ...more] = answers.filter(({ status }) => status === 429);
    expect([running.length, more.length, refused?.body.code]).to.deep.equal([5, 0, 'too_many_executions']);
    expect(refused?.headers.get('retry-after')).to.equal('30');
    const [ended, ...others] = running;
    await user.cancel(ended?.body.executionArn ?? '');
    const next = await user.start(refused?.goalId ?? '');
    expect(next.status).to.equal(202);
    const retried = await user.call<Refusal>('POST', retryPath(ended?.body.executionArn ?? ''));
    expect([retried.status, retried.body.code]).to.deep.equal([429, 'too_many_executions']);
    for (const { body } of [...others, next]) await user.cancel(body.executionArn);
  });

  it('tells nobody by a path that is no execution whether a user has started something', async () => {
    const user = await signIn(stack().url, 'watched');
    const stranger = await signIn(stack().url, 'stranger');
    const rows = ['slots#watched', 'user#watched', 'watched', '\uffff'];
    const expectUnknown = async () => {
      for (const row of rows) {
        for (const [method, path] of [
          ['GET', statusPath(row)],
          ['GET', historyPath(row)],
          ['POST', retryPath(row)],
          ['POST', cancelPath(row)],
        ] as const) {
          const { status, body } = await stranger.call<Refusal>(method, path);
          expect([status, body.code], `${method} ${path}`).to.deep.equal([404, 'execution_not_found']);
        }
      }
    };
    await expectUnknown();
    const { goalId } = await user.createGoal(titles(1, () => '[ai:hang]'));
    const { executionArn } = (await user.start(goalId)).body;
    await expectUnknown();
    await user.cancel(executionArn);
  });

  it('answers a start and a retry with the cancel that is under way, and cancels as often as it is asked to', async () => {
    const user = await signIn(stack().url, 'cancel-twice');
    const { goalId } = await user.createGoal(titles(16, (index) => (index < 8 ? '' : '[ai:hang]')));
    const { executionArn } = (await user.start(goalId)).body;
    await user.waitFor(executionArn, ({ processedActions }) => processedActions >= 4);
    const cancels = [1, 2, 3].map(() => user.cancel(executionArn));
    const meanwhile = [1, 2, 3, 4].map((each) =>
      each % 2 === 0
        ? user.call<Started & Refusal>('POST', `/api/goals/${goalId}/start-activity`)
        : user.call<Started & Refusal>('POST', retryPath(executionArn)),
    );
    for (const { status, body } of await Promise.all(cancels))
      expect([status, body.status]).to.deep.equal([200, 'ABORTED']);
    for (const { status, body, headers } of await Promise.all(meanwhile)) {
      // It may have come before the cancel, or when it was done.
      expect(status).to.be.oneOf([200, 202, 409]);
      if (status === 409) {
        expect(body.code).to.equal('execution_cancelling');
        expect(headers.get('retry-after')).to.equal('2');
      } else if (body.executionArn !== executionArn) await user.cancel(body.executionArn);
    }
    const again = await user.cancel(executionArn);
    expect([again.status, again.body.status]).to.deep.equal([200, 'ABORTED']);
    expect(await user.listTasks(goalId)).to.deep.equal([]);
  });
});
