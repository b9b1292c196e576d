import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { textOf } from '../support/stack/rows.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import { titles } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';
import { ENDS, useHeldEvents } from './held-events.ts';

const TIMEOUTS = 'goal-activity-dev-execution-timeouts';

describe('executions whose events come too late, or never', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  /** Goals whose machine never gets to its publish, with what is called when it comes to that. */
  const silenced = new Map<string, () => void>();
  const { stack, rows, alertsAbout, counted, expectCounted, prepare, deliver, stop, entered, ended } = useHeldEvents(
    '0.01',
    async ({ executionArn, stateName }, call) => {
      const reached = [...silenced].find(([goalId]) => executionArn.includes(goalId))?.[1];
      if (reached === undefined || !stateName.startsWith('Notify')) return call();
      reached();
      return new Promise(() => undefined);
    },
  );

  describe('status events of executions that time out or are stopped', () => {
    /** More than 900 s: each of 7 batches hangs for its 300 s, 3 at a time. */
    const TOO_LONG = titles(49, (index) => (index % 8 === 0 ? '[ai:hang]' : ''));

    const isOver = () =>
      stack()
        .alarms()
        .some(({ name, state }) => name === TIMEOUTS && state === 'OK');
    const raised = () =>
      stack()
        .inbox()
        .filter(({ subject }) => subject?.includes(`"${TIMEOUTS}"`));

    it('settle each once when they come three times or the end before the start, without any a sweep does; one alarm is raised', async () => {
      const before = counted();
      const hangs = ['Walk to the sea [ai:hang]', 'Walk to the hills'];
      const all = await Promise.all(
        [TOO_LONG, TOO_LONG, TOO_LONG, hangs].map(async (actions) => {
          const { user, goal } = await prepare(actions);
          return { user, goal, executionArn: (await user.start(goal.goalId)).body.executionArn };
        }),
      );
      const arns = all.map(({ executionArn }) => executionArn);
      const [three = '', swapped = '', never = '', cutOff = ''] = arns;
      await entered(cutOff, 7);
      await stop(cutOff);
      await Promise.all(arns.map(ended));
      await Promise.all([1, 2, 3].map(() => deliver(three, 'end')));
      await deliver(swapped, 'end');
      await deliver(swapped, 'start');
      // The sweep runs on its schedule meanwhile; whoever comes first settles it.
      await until(() => alertsAbout(never).length > 0 && alertsAbout(cutOff).length > 0, 'a sweep has told of both');
      // Far too late.
      await Promise.all(arns.flatMap((arn) => [deliver(arn, 'end'), deliver(arn, 'start'), deliver(arn, 'end')]));
      for (const { user, goal, executionArn } of all) {
        const status = await user.waitForEnd(executionArn);
        expect(status.status).to.equal(executionArn === cutOff ? 'ABORTED' : 'TIMED_OUT');
        const tasks = await expectTasksOf(user, goal.goalId, [status]);
        expect((await user.getGoal(goal.goalId)).status).to.equal(tasks.length > 0 ? 'partial' : 'failed');
        expect(alertsAbout(executionArn)).to.have.length(1);
      }
      for (const arn of [three, swapped, never]) {
        expect(alertsAbout(arn)[0]?.subject).to.contain('HIGH PRIORITY');
        expect(alertsAbout(arn)[0]?.attributes).to.deep.equal({ kind: 'timeout' });
      }
      await until(() => raised().length > 0 && isOver(), 'the alarm is over');
      expect(raised().map(({ subject }) => subject)).to.deep.equal([`ALARM: "${TIMEOUTS}" in Asia Pacific (Tokyo)`]);
      expect(raised()[0]?.message)
        .to.include('HIGH PRIORITY')
        .and.to.match(/- State Change: +OK -> ALARM\n/);
      expect(raised()[0]).to.deep.include({ topicName: 'goal-activity-dev-alerts', to: ['dev-on-call@example.com'] });
      await expectCounted(before, { TIMED_OUT: 3, ABORTED: 1 });
    });
  });

  describe('an execution whose end nobody hears of', () => {
    async function recordOf(executionArn: string) {
      const all = await rows.of('workflow-executions', executionArn);
      const found = all.find((row) => textOf(row, 'sk') === 'EXECUTION');
      const fields = ['status', 'notify', 'metrics', 'runningShard'] as const;
      return Object.fromEntries(fields.map((name) => [name, textOf(found, name)]));
    }

    /** Resolves when the sweep has nothing to do with the execution any more. */
    async function forgotten(executionArn: string): Promise<void> {
      for (const giveUpAt = performance.now() + 60_000; performance.now() < giveUpAt; await sleep(50)) {
        if (!(await recordOf(executionArn)).runningShard?.startsWith('RUNNING')) return;
      }
      throw new Error('the sweep never came to an end with it');
    }

    for (const end of ['failure', 'partial success'] as const) {
      it(`is told of once, when it is stopped between the settlement of its ${end} and the publish`, async () => {
        const before = counted();
        const { user, goal } = await prepare(titles(3, (index) => ENDS[end][index] ?? ''));
        const reached = new Promise<void>((resolve) => silenced.set(goal.goalId, resolve));
        const { executionArn } = (await user.start(goal.goalId)).body;
        await reached;
        const settled = await recordOf(executionArn);
        expect(settled).to.include({ notify: 'machine' });
        await stop(executionArn);
        await until(() => alertsAbout(executionArn).length > 0, 'the sweep has told people');
        await forgotten(executionArn);
        // The event comes after all, three times.
        await Promise.all([1, 2, 3].map(() => deliver(executionArn, 'end')));
        expect(alertsAbout(executionArn).map(({ attributes }) => attributes)).to.deep.equal([
          { kind: end === 'failure' ? 'failure' : 'partial' },
        ]);
        const { status = '' } = settled;
        await expectCounted(before, { [status]: 1 });
      });

      it(`is told of by its machine alone after a ${end}, and the sweep sees that it was`, async () => {
        const { user, goal } = await prepare(titles(3, (index) => ENDS[end][index] ?? ''));
        const { executionArn } = (await user.start(goal.goalId)).body;
        await ended(executionArn);
        await forgotten(executionArn);
        expect(await recordOf(executionArn)).to.include({ notify: 'sent', metrics: 'sent' });
        expect(alertsAbout(executionArn)).to.have.length(1);
      });
    }

    it('is forgotten by the sweep at once after a success, and after a cancel once it is counted', async () => {
      const before = counted();
      const successful = await prepare(titles(1));
      const cancelled = await prepare(['Walk to the sea [ai:hang]']);
      const { executionArn } = (await successful.user.start(successful.goal.goalId)).body;
      await successful.user.waitForEnd(executionArn);
      await forgotten(executionArn);
      const stopped = (await cancelled.user.start(cancelled.goal.goalId)).body.executionArn;
      await cancelled.user.cancel(stopped);
      await forgotten(stopped);
      await expectCounted(before, { SUCCEEDED: 1, ABORTED: 1 });
      expect([...alertsAbout(executionArn), ...alertsAbout(stopped)]).to.deep.equal([]);
    });
  });
});
