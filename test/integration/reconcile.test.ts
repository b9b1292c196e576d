import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { LocalStack } from '../../local/stack.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';

const TIME_SCALE = '0.01';
/** EVENT_DELIVERIES says what becomes of events; an SNS that takes a message and says that it did not gets it twice. */
const FAULTS = unkind({ eventLost: 0, eventDoubled: 0, eventLate: 0, snsOutage: 0 });
const TIMEOUTS = 'goal-activity-dev-execution-timeouts';

async function until(condition: () => boolean, what: string, limitMs = 30_000): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
}

function invocationsOf({ metrics }: LocalStack, lambda: string): number {
  const found = metrics()['AWS/Lambda']?.find(
    ({ metricName, dimensions }) =>
      metricName === 'Invocations' && dimensions.FunctionName === `goal-activity-dev-${lambda}`,
  );
  return found?.sum ?? 0;
}

/** Starts a goal whose execution takes more than 900 s, and never asks for its status: that would repair it. */
async function startTooLong({ url }: LocalStack, userId: string) {
  const user = await signIn(url, userId, { isPatient: true });
  const { goalId } = await user.createGoal(titles(64, (index) => (index % 8 === 0 ? '[ai:hang]' : '')));
  const { executionArn } = (await user.start(goalId)).body;
  return { user, goalId, executionArn };
}

const messagesAbout = ({ inbox }: LocalStack, text: string) => inbox().filter(({ message }) => message.includes(text));

/** The alarm on timeouts has been raised and is over again. */
const alarmIsOver = ({ alarms, inbox }: LocalStack) =>
  inbox().some(({ subject }) => subject?.startsWith(`ALARM: "${TIMEOUTS}"`)) &&
  alarms().find(({ name }) => name === TIMEOUTS)?.state === 'OK';

function expectOneAlert(stack: LocalStack, executionArn: string): void {
  const alerts = messagesAbout(stack, executionArn);
  expect(alerts.map(({ topicName }) => topicName)).to.deep.equal(['goal-activity-dev-alerts']);
  expect(alerts[0]?.subject).to.contain('HIGH PRIORITY');
  expect(alerts[0]?.attributes).to.deep.equal({ kind: 'timeout' });
  const alarms = stack.inbox().filter(({ subject }) => subject?.includes(`"${TIMEOUTS}"`));
  expect(alarms.map(({ subject }) => subject)).to.deep.equal([`ALARM: "${TIMEOUTS}" in Asia Pacific (Tokyo)`]);
  expect(alarms[0]?.message).to.include('HIGH PRIORITY');
}

describe('a timed-out execution', function () {
  this.timeout(300_000);

  describe('whose status event is delivered three times', () => {
    const stack = useStack({ TIME_SCALE, ...FAULTS, EVENT_DELIVERIES: '3' });

    it('raises the high-priority alert once, and its alarm once', async () => {
      const { user, goalId, executionArn } = await startTooLong(stack(), 'three-events');
      await until(() => invocationsOf(stack(), 'handle-error') >= 3, 'the event was delivered three times');
      await until(() => messagesAbout(stack(), executionArn).length > 0, 'there is an alert');
      await until(() => alarmIsOver(stack()), 'the alarm is over');
      expectOneAlert(stack(), executionArn);
      expect(invocationsOf(stack(), 'handle-error')).to.equal(3);
      expect((await user.getGoal(goalId)).status).to.equal('partial');
    });
  });

  describe('whose status event is never delivered', () => {
    const stack = useStack({ TIME_SCALE, ...FAULTS, EVENT_DELIVERIES: '0' });

    it('is settled by the sweep, and raises the high-priority alert once, and its alarm once', async () => {
      const { user, goalId, executionArn } = await startTooLong(stack(), 'no-event');
      await until(() => messagesAbout(stack(), executionArn).length > 0, 'there is an alert');
      const sweeps = invocationsOf(stack(), 'reconcile-executions');
      await until(() => invocationsOf(stack(), 'reconcile-executions') >= sweeps + 2, 'the sweep came again');
      await until(() => alarmIsOver(stack()), 'the alarm is over');
      expectOneAlert(stack(), executionArn);
      expect(invocationsOf(stack(), 'handle-error')).to.equal(0);
      expect((await user.getGoal(goalId)).status).to.equal('partial');
      const status = await user.getStatus(executionArn);
      expect(status).to.include({ status: 'TIMED_OUT', progressPercentage: 100 });
      expect(status.outcomes.some(({ outcome }) => outcome === 'SAVED')).to.equal(true);
      expectOneAlert(stack(), executionArn);
    });
  });
});
