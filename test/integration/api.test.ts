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

describe('start, retry and cancel', function () {
  this.timeout(300_000);
  const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '20-60' });

  it('lets a user have five executions running, and starts the sixth once one has ended', async () => {
    const user = await signIn(stack().url, 'busy');
    const start = async () => {
      const { goalId } = await user.createGoal(titles(1, () => '[ai:hang]'));
      return { goalId, ...(await user.call<Started & Refusal>('POST', `/api/goals/${goalId}/start-activity`)) };
    };
    const answers = await Promise.all(Array.from({ length: 6 }, start));
    const running = answers.flatMap(({ status, body }) => (status === 202 ? body.executionArn : []));
    const [refused, ...more] = answers.filter(({ status }) => status === 429);
    expect([running.length, more.length, refused?.body.code]).to.deep.equal([5, 0, 'too_many_executions']);
    expect(refused?.headers.get('retry-after')).to.equal('30');
    await user.cancel(running.shift() ?? '');
    const next = await user.start(refused?.goalId ?? '');
    expect(next.status).to.equal(202);
    for (const executionArn of [...running, next.body.executionArn]) await user.cancel(executionArn);
  });

  it('tells nobody by a path that is no execution whether a user has started something', async () => {
    const user = await signIn(stack().url, 'watched');
    const stranger = await signIn(stack().url, 'stranger');
    const expectUnknown = async () => {
      for (const row of ['slots#watched', 'user#watched', 'watched', '\uffff']) {
        for (const pathOf of [statusPath, historyPath, retryPath, cancelPath]) {
          const method = pathOf === statusPath || pathOf === historyPath ? 'GET' : 'POST';
          const { status, body } = await stranger.call<Refusal>(method, pathOf(row));
          expect([status, body.code], pathOf(row)).to.deep.equal([404, 'execution_not_found']);
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
    const starts = [retryPath(executionArn), `/api/goals/${goalId}/start-activity`];
    const meanwhile = [...starts, ...starts].map((path) => user.call<Started & Refusal>('POST', path));
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
