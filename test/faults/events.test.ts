import { setTimeout as sleep } from 'node:timers/promises';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import fc from 'fast-check';
import type { StatusEvent } from '../../local/aws/step-functions/index.ts';
import { check, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { textOf, useRows } from '../support/stack/rows.ts';
import {
  type Goal,
  type Status,
  signIn,
  type TestStackOptions,
  titles,
  type User,
  useStack,
} from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

type Bus = (event: StatusEvent) => Promise<void>;

/** How the first execution of a goal ends, and the tag of each of its three actions. */
const ENDS = {
  success: ['', '', ''],
  'partial success': ['', '[ai:denied]', ''],
  failure: ['[ai:denied]', '[ai:denied]', '[ai:denied]'],
  'stopped from outside': ['', '', ''],
  cancelled: ['', '', ''],
} as const;
type EndName = keyof typeof ENDS;

const plan = fc.record({
  end: fc.oneof(
    // It is settled by its event alone.
    fc.constant<EndName>('stopped from outside'),
    fc.constantFrom<EndName>('success', 'partial success', 'failure', 'cancelled'),
  ),
  /** States that it has entered when it is stopped or cancelled; by the eighth the AI is at work. */
  entries: fc.nat(8),
  /** The order in which its two events are delivered, each as often as it is here. */
  deliveries: fc.array(fc.constantFrom('start', 'end', 'end'), { maxLength: 6 }),
  together: fc.boolean(),
  /** Whether its end is told once more while the goal's next execution runs. */
  late: fc.boolean(),
});

const METRICS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'ExecutionsSucceeded',
  PARTIALLY_SUCCEEDED: 'ExecutionsPartiallySucceeded',
  FAILED: 'ExecutionsFailed',
  ABORTED: 'ExecutionsAborted',
  TIMED_OUT: 'ExecutionsTimedOut',
};

/** A stack whose status events the test may deliver itself, for the tests of one describe block. */
function useHeldEvents(timeScale: string, aroundTask?: TestStackOptions['aroundTask']) {
  /** Names of executions whose events the test delivers itself, with those that came. */
  const held = new Map<string, { event: StatusEvent; bus: Bus }[]>();
  const stack = useStack(
    {
      TIME_SCALE: timeScale,
      AI_LATENCY_MS: '1-10',
      ...unkind({
        ...AI_SELDOM_FAILS,
        // What takes a message, or a start, and says that it did not gets it twice: both are counted here.
        snsOutage: 0,
        statesOutage: 0,
        // Full goals at once, whose waits for a free Lambda are a hundredth of what they are on AWS, would use these up.
        lambdaConcurrency: 0,
      }),
    },
    {
      deliver: async (event, bus) => {
        const events = held.get(event.detail.name);
        if (events === undefined) await bus(event);
        else events.push({ event, bus });
      },
      ...(aroundTask === undefined ? {} : { aroundTask }),
    },
  );
  const rows = useRows(stack);
  let goals = 0;

  const alertsAbout = (executionArn: string) =>
    stack()
      .inbox()
      .filter(({ message }) => message.includes(executionArn));
  const nameOf = (executionArn: string) => executionArn.split(':').at(-1) ?? '';
  /** How many executions ended in each way, as the Lambdas have told CloudWatch. */
  const counted = () => {
    const told = stack().metrics()['GoalActivity/dev'];
    return Object.fromEntries(
      Object.entries(METRICS).map(([status, name]) => [
        status,
        told?.find(({ metricName }) => metricName === name)?.sum ?? 0,
      ]),
    );
  };

  async function until(condition: () => boolean, what: string): Promise<void> {
    const giveUpAt = performance.now() + 60_000;
    while (!condition()) {
      if (performance.now() > giveUpAt) throw new Error(`waited in vain until ${what}`);
      await sleep(3);
    }
  }

  /** A goal of a new user, whose first execution's events are held back. */
  async function prepare(actionTitles: readonly string[]): Promise<{ user: User; goal: Goal }> {
    goals += 1;
    const user = await signIn(stack().url, `events-${goals}`, { isPatient: true });
    const goal = await user.createGoal(actionTitles);
    held.set(`${goal.goalId}-1`, []);
    return { user, goal };
  }

  /** Delivers one of the two events of an execution, once it is there. */
  async function deliver(executionArn: string, which: string): Promise<void> {
    const find = () =>
      held.get(nameOf(executionArn))?.find(({ event }) => (event.detail.status === 'RUNNING') === (which === 'start'));
    await until(() => find() !== undefined, `the event of the ${which} is there`);
    const found = find();
    await found?.bus(found.event);
  }

  async function stop(executionArn: string): Promise<void> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new SFNClient({ endpoint: stack().awsUrl, region: 'ap-northeast-1', credentials });
    await client.send(new StopExecutionCommand({ executionArn, error: 'Outside', cause: 'by hand' }));
    client.destroy();
  }

  const isRunning = (executionArn: string) => stack().stepFunctions.executions.running().includes(executionArn);

  async function entered(executionArn: string, entries: number): Promise<void> {
    await until(() => !isRunning(executionArn) || stack().stateEntries(executionArn) >= entries, 'it has got there');
  }

  return { rows, alertsAbout, counted, until, prepare, deliver, stop, isRunning, entered };
}

describe('status events that come twice, late or out of order', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  // No timeout is waited for here, so none needs to be short.
  const { rows, alertsAbout, counted, until, prepare, deliver, stop, isRunning, entered } = useHeldEvents('0.1');

  /** Everything that is kept of a goal and an execution. */
  const snapshot = async (goalId: string, executionArn: string) => [
    ...(await rows.of('goals', goalId)),
    ...(await rows.of('tasks', goalId)),
    ...(await rows.of('workflow-executions', executionArn)),
  ];

  /** One alert about what people must know of, none about a success or what its user cancelled. */
  const alertsDue = (status: string, isCancelled: boolean) => (status === 'SUCCEEDED' || isCancelled ? 0 : 1);

  it('settle goal, record, metrics and alert exactly once, and never touch the next execution of the goal', async () => {
    await check(
      fc.asyncProperty(plan, async ({ end, entries, deliveries, together, late }) => {
        const { user, goal } = await prepare(titles(3, (index) => ENDS[end][index] ?? ''));
        const { goalId } = goal;
        const before = counted();
        const { executionArn } = (await user.start(goalId)).body;
        let isCancelled = false;
        if (end === 'stopped from outside' || end === 'cancelled') await entered(executionArn, entries);
        if (end === 'stopped from outside') await stop(executionArn);
        if (end === 'cancelled') isCancelled = (await user.cancel(executionArn)).status === 200;
        await until(() => !isRunning(executionArn), 'it has ended');
        // What is not delivered in time is delivered late: see below for what never is.
        const order = deliveries.includes('end') ? deliveries : [...deliveries, 'end'];
        if (together) await Promise.all(order.map((which) => deliver(executionArn, which)));
        else for (const which of order) await deliver(executionArn, which);

        const { status } = await user.getStatus(executionArn);
        expect(status).not.to.equal('RUNNING');
        const settled = await snapshot(goalId, executionArn);
        await Promise.all([deliver(executionArn, 'end'), deliver(executionArn, 'start'), deliver(executionArn, 'end')]);
        expect(await snapshot(goalId, executionArn)).to.deep.equal(settled);
        const due = alertsDue(status, isCancelled);
        expect(alertsAbout(executionArn)).to.have.length(due);
        // Whoever counts it, such as a sweep, says so in the record before it does.
        await until(() => counted()[status] !== before[status], 'it is counted');
        const once = { ...before, [status]: (before[status] ?? 0) + 1 };
        expect(counted()).to.deep.equal(once);
        const goalStatus = (await user.getGoal(goalId)).status;
        if (end === 'success') expect([status, goalStatus]).to.deep.equal(['SUCCEEDED', 'active']);
        if (end === 'partial success') expect([status, goalStatus]).to.deep.equal(['PARTIALLY_SUCCEEDED', 'partial']);
        if (end === 'failure') expect([status, goalStatus]).to.deep.equal(['FAILED', 'failed']);
        if (isCancelled) expect([status, goalStatus]).to.deep.equal(['ABORTED', 'draft']);
        if (!late || goalStatus === 'active') return;

        const next = (await user.start(goalId)).body.executionArn;
        expect(next).not.to.equal(executionArn);
        await deliver(executionArn, 'end');
        await entered(next, 5);
        await deliver(executionArn, 'end');
        await until(() => !isRunning(next), 'the next execution has ended');
        const ended = await user.waitForEnd(next);
        expect(ended.status).to.equal(end === 'failure' || end === 'partial success' ? 'FAILED' : 'SUCCEEDED');
        await deliver(executionArn, 'end');
        expect(alertsAbout(executionArn)).to.have.length(due);
        expect(alertsAbout(next)).to.have.length(alertsDue(ended.status, false));
        expect(counted()).to.deep.equal({ ...once, [ended.status]: (once[ended.status] ?? 0) + 1 });
      }),
      25,
    );
  });
});

describe('executions whose events come too late, or never', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  /** Goals whose machine never gets to its publish, with what is called when it comes to that. */
  const silenced = new Map<string, () => void>();
  const { rows, alertsAbout, counted, until, prepare, deliver, stop, isRunning, entered } = useHeldEvents(
    '0.01',
    async ({ executionArn, stateName }, call) => {
      const reached = [...silenced].find(([goalId]) => executionArn.includes(goalId))?.[1];
      if (reached === undefined || !stateName.startsWith('Notify')) return call();
      reached();
      return new Promise(() => undefined);
    },
  );

  describe('status events of executions that time out or are stopped', () => {
    /** More than 900 s: each of 8 batches hangs for its 300 s, 3 at a time. */
    const TOO_LONG = titles(57, (index) => (index % 8 === 0 ? '[ai:hang]' : ''));

    async function expectSettledOnce({ user, goal }: { user: User; goal: Goal }, status: Status): Promise<void> {
      const { executionArn } = status;
      const saved = status.outcomes.filter(({ outcome }) => outcome === 'SAVED').map(({ actionId }) => actionId);
      const tasks = await user.listTasks(goal.goalId);
      expect(new Set(tasks.map(({ actionId }) => actionId))).to.deep.equal(new Set(saved));
      expect((await user.getGoal(goal.goalId)).status).to.equal(saved.length > 0 ? 'partial' : 'failed');
      expect(alertsAbout(executionArn)).to.have.length(1);
    }

    it('settle each once when they come three times or the end before the start; without any, a sweep or a status read does', async () => {
      const before = counted();
      const timedOut = await Promise.all([0, 1, 2].map(() => prepare(TOO_LONG)));
      const stopped = await prepare(['Walk to the sea [ai:hang]', 'Walk to the hills']);
      const all = [...timedOut, stopped];
      const arns = await Promise.all(
        all.map(async ({ user, goal }) => (await user.start(goal.goalId)).body.executionArn),
      );
      const [three = '', swapped = '', never = '', cutOff = ''] = arns;
      await entered(cutOff, 7);
      await stop(cutOff);
      await until(() => !arns.some(isRunning), 'all have ended');
      await Promise.all([1, 2, 3].map(() => deliver(three, 'end')));
      await deliver(swapped, 'end');
      await deliver(swapped, 'start');
      // The sweep runs on its schedule meanwhile; whoever comes first settles it.
      await until(() => alertsAbout(never).length > 0 && alertsAbout(cutOff).length > 0, 'a sweep has told of both');
      const statuses = await Promise.all(arns.map((arn, index) => all[index]?.user.waitForEnd(arn)));
      // Far too late.
      await Promise.all(arns.flatMap((arn) => [deliver(arn, 'end'), deliver(arn, 'start'), deliver(arn, 'end')]));
      expect(statuses.map((each) => each?.status)).to.deep.equal(['TIMED_OUT', 'TIMED_OUT', 'TIMED_OUT', 'ABORTED']);
      for (const [index, each] of all.entries()) {
        const status = statuses[index];
        if (status !== undefined) await expectSettledOnce(each, status);
      }
      for (const arn of [three, swapped, never]) expect(alertsAbout(arn)[0]?.subject).to.contain('HIGH PRIORITY');
      expect(counted()).to.deep.equal({
        ...before,
        TIMED_OUT: (before.TIMED_OUT ?? 0) + 3,
        ABORTED: (before.ABORTED ?? 0) + 1,
      });
    });
  });

  describe('an execution whose end nobody hears of', () => {
    async function recordOf(executionArn: string) {
      const found = (await rows.of('workflow-executions', executionArn)).find(
        (row) => textOf(row, 'sk') === 'EXECUTION',
      );
      const fields = ['status', 'notify', 'metrics', 'runningShard'] as const;
      return Object.fromEntries(fields.map((name) => [name, textOf(found, name)]));
    }

    /** Resolves when the sweep has nothing to do with the execution any more. */
    async function forgotten(executionArn: string): Promise<void> {
      for (const giveUpAt = performance.now() + 60_000; performance.now() < giveUpAt; await sleep(50)) {
        if ((await recordOf(executionArn)).runningShard !== 'RUNNING') return;
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
        expect(counted()).to.deep.equal({ ...before, [status]: (before[status] ?? 0) + 1 });
      });

      it(`is told of by its machine alone after a ${end}, and the sweep sees that it was`, async () => {
        const { user, goal } = await prepare(titles(3, (index) => ENDS[end][index] ?? ''));
        const { executionArn } = (await user.start(goal.goalId)).body;
        await until(() => !isRunning(executionArn), 'it has ended');
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
      // The record says so before CloudWatch is told.
      await until(() => counted().ABORTED !== before.ABORTED, 'it is counted');
      expect([...alertsAbout(executionArn), ...alertsAbout(stopped)]).to.deep.equal([]);
      const once = { SUCCEEDED: (before.SUCCEEDED ?? 0) + 1, ABORTED: (before.ABORTED ?? 0) + 1 };
      expect(counted()).to.deep.equal({ ...before, ...once });
    });
  });
});
