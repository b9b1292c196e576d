import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { StatusEvent } from '../../local/aws/step-functions/index.ts';
import { engineEnd, stateEntered } from '../support/history.ts';
import { useRows } from '../support/stack/rows.ts';
import { type Goal, signIn, type TestStackOptions, type User, useStack } from '../support/stack/stack.ts';
import { stopExecution } from '../support/stack/stop-execution.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

type Bus = (event: StatusEvent) => Promise<void>;

/** How the first execution of a goal ends, and the tag of each of its three actions. */
export const ENDS = {
  success: ['', '', ''],
  'partial success': ['', '[ai:denied]', ''],
  failure: ['[ai:denied]', '[ai:denied]', '[ai:denied]'],
  'stopped from outside': ['', '', ''],
  cancelled: ['', '', ''],
} as const;
export type EndName = keyof typeof ENDS;

const METRICS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'ExecutionsSucceeded',
  PARTIALLY_SUCCEEDED: 'ExecutionsPartiallySucceeded',
  FAILED: 'ExecutionsFailed',
  ABORTED: 'ExecutionsAborted',
  TIMED_OUT: 'ExecutionsTimedOut',
};

/** A stack whose status events the test may deliver itself, for the tests of one describe block. */
export function useHeldEvents(timeScale: string, aroundTask?: TestStackOptions['aroundTask']) {
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
  /** Those whose metrics are lost, since CloudWatch did not answer in time: see docs/guarantees.md. The log tells of them. */
  const lost = () => readFileSync(stack().logFile, 'utf8').split('metrics could not be written').length - 1;
  /** How many executions ended in each way, as the Lambdas have told CloudWatch. */
  const counted = () => {
    const told = stack().metrics()['GoalActivity/dev'];
    const sumOf = (name: string) => told?.find(({ metricName }) => metricName === name)?.sum ?? 0;
    return Object.fromEntries(Object.entries(METRICS).map(([status, name]) => [status, sumOf(name)]));
  };

  /** Waits until so many more are counted in each way than before, but for those that are lost, and expects no more than that. */
  async function expectCounted(before: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>) {
    const missing = () =>
      Object.entries(counted()).map(([status, count]) => (before[status] ?? 0) + (more[status] ?? 0) - count);
    // Whoever counts one, such as a sweep, says so in the record before it does.
    await until(() => missing().reduce((sum, each) => sum + each, 0) <= lost(), 'all are counted');
    for (const each of missing()) expect(each).to.be.within(0, lost());
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

  const stop = (executionArn: string) => stopExecution(stack(), executionArn);
  const entered = (executionArn: string, entries: number) => stateEntered(stack(), executionArn, entries);
  const ended = (executionArn: string) => engineEnd(stack(), executionArn);

  return { stack, rows, alertsAbout, counted, expectCounted, prepare, deliver, stop, entered, ended };
}
