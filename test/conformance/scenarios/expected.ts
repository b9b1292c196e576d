import type { ScriptedAnswer } from '../../../local/aws/bedrock/bedrock.ts';
import { LAMBDA_ERRORS } from '../../support/lambda-errors.ts';
import type { Behaviour, Script } from '../engine/scripts.ts';
import type { Expected, Scenario, Wait } from './scenario.ts';

export const UNTIL_BATCHES = ['ValidateInput', 'GetActions', 'CreateBatches', 'ProcessBatches'] as const;
export const SETTLED: readonly string[] = [...UNTIL_BATCHES, 'AggregateResults', 'UpdateGoalStatus', 'ByOutcome'];
const HANDLED = ['HandleError', 'ByOutcome', 'NotifyFailure', 'Failed'] as const;
export const SAVED = ['GenerateTasks', 'SaveTasks'] as const;

export const ALL_GOOD: Expected = {
  engine: ['SUCCEEDED'],
  record: 'SUCCEEDED',
  goal: 'active',
  path: [...SETTLED, 'Succeeded'],
};
export const PARTIAL: Expected = {
  engine: ['SUCCEEDED'],
  record: 'PARTIALLY_SUCCEEDED',
  goal: 'partial',
  path: [...SETTLED, 'NotifyPartial', 'Succeeded'],
  messages: ['partial'],
};
export const ALL_FAILING: Expected = {
  engine: ['FAILED', 'WorkflowFailed'],
  record: 'FAILED',
  goal: 'failed',
  path: [...SETTLED, 'NotifyFailure', 'Failed'],
  messages: ['failure'],
};
/** A state of the run itself failed for good. */
export const failedIn = (state: string, goal: string): Expected => ({
  ...ALL_FAILING,
  goal,
  path: [...SETTLED.slice(0, SETTLED.indexOf(state) + 1), ...HANDLED],
});

/** Errors of `retries.ts` that every retrier of a step knows; `States.Timeout` is what a call that hangs becomes. */
export const TRANSIENT = ['TransientError', 'States.Timeout', ...LAMBDA_ERRORS] as const;

const behaviourOf = (error: string): Behaviour => (error === 'States.Timeout' ? { hangs: true } : { error });

/** The errors that the calls of each state, or of a state for one action (`SaveTasks@3`), fail with, one after the other. */
export const failing =
  (errors: Readonly<Record<string, readonly string[]>>): Script =>
  ({ state, position, attempt }) => {
    const error = (errors[`${state}@${position}`] ?? errors[state])?.[attempt - 1];
    return error === undefined ? undefined : behaviourOf(error);
  };

export const repeated = (error: string, times: number) => Array.from({ length: times }, () => error);
export const callsOf = (errors: readonly string[]) => [[...errors, 'ok'].join(', ')];

/** A run, and what is expected of it as long as the calls of no other state fail. */
export interface Base extends Pick<Scenario, 'actions' | 'ai' | 'expected'> {
  readonly errors?: Readonly<Record<string, readonly string[]>>;
}

/**
 * A run in which calls of one more state fail, one after the other.
 * @param key the state, or the state for one action
 * @param lost what is otherwise expected, when the last call fails too; undefined when the next one is good
 */
export const withErrors = (
  { expected, errors: others, ...run }: Base,
  [key, errors, waits]: readonly [key: string, errors: readonly string[], waits: readonly Wait[]],
  name: string,
  lost?: Partial<Expected>,
): Scenario => ({
  ...run,
  name: `${key.replace(/@.*$/, '')} ${name}`,
  script: failing({ ...others, [key]: errors }),
  expected: {
    ...expected,
    ...lost,
    calls: { ...expected.calls, ...lost?.calls, [key]: lost === undefined ? callsOf(errors) : [errors.join(', ')] },
    ...(errors.length === 1 ? {} : { waits: { ...expected.waits, [key]: waits } }),
  },
});

/** `count` errors of the list, beginning at another one for each state. */
export const someOf = (errors: readonly string[], start: number, count: number) =>
  Array.from({ length: count }, (_, index) => errors[(start + index) % errors.length] ?? '');

export const DENIED: ScriptedAnswer = { fault: 'denied' };
export const FAILED = ['GenerateTasks', 'ActionFailed'] as const;

/** What is expected of actions whose AI refuses. */
export const denied = (positions: readonly number[]) => ({
  actionPaths: Object.fromEntries(positions.map((position) => [position, FAILED])),
  calls: Object.fromEntries(positions.map((position) => [`GenerateTasks@${position}`, ['PermanentError']])),
  failed: Object.fromEntries(positions.map((position) => [position, 'PermanentError'])),
});

const LOST = [1, 2, 3] as const;
/** Three of four actions are out of retries. */
export const ESCALATED: Expected = {
  ...PARTIAL,
  path: [...SETTLED, 'EscalatePartial', 'Succeeded'],
  actionPaths: Object.fromEntries(LOST.map((position) => [position, FAILED])),
  calls: Object.fromEntries(
    LOST.map((position) => [`GenerateTasks@${position}`, [repeated('TransientError', 4).join(', ')]]),
  ),
  waits: Object.fromEntries(LOST.map((position) => [`GenerateTasks@${position}`, [2, 4, 8]])),
  failed: Object.fromEntries(LOST.map((position) => [position, 'TransientError'])),
  messages: ['escalation'],
};
