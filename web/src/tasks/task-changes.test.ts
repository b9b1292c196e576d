import { createApiClient } from '@goal-activity/client/client.ts';
import { expect } from 'chai';
import sinon from 'sinon';
import { type TaskChanges as Changes, rowsOf, TaskChanges, type TaskOfGoal, UNDO_MS } from './task-changes.ts';

const task: TaskOfGoal = {
  goalId: 'g',
  taskId: 'a#1-0',
  actionId: 'a',
  title: 'Walk',
  description: '',
  type: 'execution',
  estimatedMinutes: 15,
  status: 'not_started',
  executionArn: 'arn',
  version: 1,
  changedAt: null,
};

interface Sent {
  readonly request: string;
  readonly body: unknown;
  answer(status: number, body?: object): void;
  lose(): void;
}

/** Changes whose requests the test answers, and the row of the task as it is shown. */
function given(listed: TaskOfGoal = task) {
  const sent: Sent[] = [];
  const api = createApiClient({
    baseUrl: 'http://api',
    token: () => undefined,
    async fetch(input) {
      const request = new Request(input);
      const text = await request.text();
      const { promise, resolve, reject } = Promise.withResolvers<Response>();
      const { pathname, search } = new URL(request.url);
      sent.push({
        request: `${request.method} ${pathname}${search}`,
        body: text === '' ? undefined : JSON.parse(text),
        answer: (status, body) => resolve(new Response(body && JSON.stringify(body), { status })),
        lose: () => reject(new TypeError('no connection')),
      });
      return promise;
    },
  });
  const changes: Changes = new TaskChanges(api);
  const onChanged = sinon.fake();
  changes.onChanged = onChanged;
  return {
    changes,
    onChanged,
    /** The n-th request, once it is sent. */
    async sent(position: number): Promise<Sent> {
      for (;;) {
        const found = sent[position];
        if (found !== undefined) return found;
        await Promise.resolve();
      }
    },
    count: () => sent.length,
    row: (now = listed) => rowsOf([now], changes.getState())[0],
  };
}

const done = { ...task, status: 'done', version: 2 } as const;

describe('changes of tasks', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => clock.restore());

  it('show a task checked off before the API has answered, and until the list has it', async () => {
    const { changes, onChanged, sent, row } = given();
    const checked = changes.check(task, 'done');
    expect(row()).to.deep.include({ isSaving: true, task: { ...task, status: 'done' } });
    const { request, body, answer } = await sent(0);
    expect([request, body]).to.deep.equal(['PATCH /api/goals/g/tasks/a%231-0', { version: 1, status: 'done' }]);
    answer(200, done);
    expect(await checked).to.deep.equal(done);
    sinon.assert.calledOnceWithExactly(onChanged, false);
    expect(row()).to.deep.equal({ task: done });
    const later = { ...done, status: 'not_started', version: 3 } as const;
    expect(row(later)).to.deep.equal({ task: later });
  });

  it('send one request at a time of a task, and the last wish last', async () => {
    const { changes, sent, count, row } = given();
    const checked = changes.check(task, 'done');
    const first = await sent(0);
    await changes.check(task, 'not_started');
    await changes.check(task, 'done');
    await changes.check(task, 'not_started');
    expect([count(), row()?.task.status]).to.deep.equal([1, 'not_started']);
    first.answer(200, done);
    const second = await sent(1);
    expect(second.body).to.deep.equal({ version: 2, status: 'not_started' });
    second.answer(200, { ...task, version: 3 });
    expect((await checked)?.version).to.equal(3);
    expect([count(), row()]).to.deep.equal([2, { task: { ...task, version: 3 } }]);
  });

  const failures = [
    { name: 'another change', status: 409, code: 'task_changed', isRead: true },
    { name: 'a lost connection', status: 0, code: undefined, isRead: false },
  ];
  for (const { name, status, code, isRead } of failures) {
    it(`take back what failed for ${name}, with its reason, until it is tried again`, async () => {
      const { changes, onChanged, sent, row } = given();
      const checked = changes.check(task, 'done');
      const { answer, lose } = await sent(0);
      if (status === 0) lose();
      else answer(status, { code });
      expect(await checked).to.equal(undefined);
      expect(row()?.task.status).to.equal('not_started');
      expect(row()?.failure).to.have.property('wish', 'done');
      expect(onChanged.args).to.deep.equal(isRead ? [[true]] : []);
      const newer = { ...task, title: 'Walk far', version: 4 };
      void changes.check(newer, 'done');
      expect((await sent(1)).body).to.deep.equal({ version: 4, status: 'done' });
      expect(row(newer)?.failure).to.equal(undefined);
    });
  }

  it('tell the API of a removal when it cannot be undone any more', async () => {
    const { changes, onChanged, sent, count, row } = given();
    changes.remove(task);
    expect(row()?.removal).to.equal('undoable');
    clock.tick(UNDO_MS - 1);
    changes.hold(task.taskId);
    clock.tick(UNDO_MS);
    changes.resume(task.taskId);
    clock.tick(UNDO_MS - 1);
    expect(count()).to.equal(0);
    clock.tick(1);
    const { request, answer } = await sent(0);
    expect(request).to.equal('DELETE /api/goals/g/tasks/a%231-0?version=1');
    expect(row()).to.equal(undefined);
    answer(204);
    await clock.tickAsync(0);
    sinon.assert.calledOnceWithExactly(onChanged, false);
    expect(row()).to.equal(undefined);
  });

  it('leave a task where it was when its removal is undone', async () => {
    const { changes, count, row } = given();
    changes.remove(task);
    changes.undo(task.taskId);
    clock.tick(UNDO_MS);
    changes.flush();
    expect([count(), row()]).to.deep.equal([0, { task }]);
  });

  it('send what can still be undone when the list goes out of view, once, and show a task that could not be removed', async () => {
    const { changes, sent, count, row } = given();
    changes.remove(task);
    changes.flush();
    changes.flush();
    clock.tick(UNDO_MS);
    const { answer } = await sent(0);
    answer(409, { code: 'task_changed' });
    await clock.tickAsync(0);
    expect(count()).to.equal(1);
    expect(row()?.failure).to.have.property('wish', 'removed');
    changes.removeNow(done);
    expect((await sent(1)).request).to.match(/version=2$/);
  });
});
