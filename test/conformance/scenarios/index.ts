import { LAMBDA_ERRORS, THROTTLED } from '../../support/lambda-errors.ts';
import { SNS_ERROR } from '../engine/scripts.ts';
import {
  ALL_GOOD,
  CANCELS,
  failedIn,
  NOTHING_SAVED,
  OUT_OF_RETRIES,
  OUTCOMES,
  PARTIAL,
  SOME_FAILING,
  TIMEOUTS,
} from './ends.ts';
import { repeated, type Scenario } from './scenario.ts';

/** Errors of `retries.ts` that every retrier of a step knows; `States.Timeout` is what a call that hangs becomes. */
const TRANSIENT = ['TransientError', 'States.Timeout', ...LAMBDA_ERRORS];

/** A run in which the calls of one more state come to this; `more` is what is otherwise promised of it then. */
const withCalls = (base: Scenario, key: string, what: string, calls: readonly string[], more?: Partial<Scenario>) => ({
  ...base,
  ...more,
  name: `${key.replace(/@.*$/, '')} ${what}`,
  calls: { ...base.calls, [key]: calls },
});

/** Each retrier and catcher of a state; which errors are tried differs from state to state. */
function stepScenarios(key: string, from: number, base: Scenario, lost: (error: string) => Partial<Scenario>) {
  const all = [THROTTLED, ...TRANSIENT];
  const errors = [0, 1, 2, 3].map((index) => all[(from + index) % all.length] ?? '');
  return [
    withCalls(base, key, `is tried again, first after ${errors[0]}`, [...errors, 'ok']),
    withCalls(base, key, 'is out of retries', repeated('TransientError', 5), lost('TransientError')),
    withCalls(base, key, 'is not tried again after a PermanentError', ['PermanentError'], lost('PermanentError')),
  ];
}

const good = (actions: number): Scenario => ({ name: 'all good', actions, end: ALL_GOOD });

/** The states of the run itself that do not talk to people, with the goal's status when they have failed for good. */
const STEPS = {
  ValidateInput: 'failed',
  GetActions: 'failed',
  CreateBatches: 'failed',
  AggregateResults: 'active',
  UpdateGoalStatus: 'active',
} as const;

const failedAtFirst: Scenario = {
  name: 'failed at first',
  actions: 1,
  calls: { ValidateInput: ['PermanentError'] },
  end: failedIn('ValidateInput', 'failed'),
  failed: { 0: 'PermanentError' },
};

/** Each retrier and catcher of the other states that do something. */
const STEP_SCENARIOS: readonly Scenario[] = [
  ...Object.entries(STEPS).flatMap(([state, goal], index) =>
    stepScenarios(state, 4 * index, good(1), (error) => ({
      end: failedIn(state, goal),
      ...(goal === 'failed' ? { failed: { 0: error } } : {}),
    })),
  ),
  // What records failures and progress.
  ...stepScenarios('ActionFailed@1', 1, SOME_FAILING, () => ({
    actionPaths: { 1: ['GenerateTasks', 'ActionFailed', 'ActionUnrecorded'] },
  })),
  ...stepScenarios('UpdateProgress', 5, good(2), () => ({
    batchStates: { ProcessActions: 1, UpdateProgress: 1, ProgressUnknown: 1 },
  })),
  // What handles what no other state has; when it fails itself, the status event does its work.
  ...stepScenarios('HandleError', 0, failedAtFirst, (error) => ({
    end: { ...failedAtFirst.end, engine: ['FAILED', error], path: ['ValidateInput', 'HandleError'] },
    failed: { 0: error },
  })),
];

/** The states that tell people, each in a run that comes to it. */
const TELLING = { NotifyPartial: SOME_FAILING, EscalatePartial: OUT_OF_RETRIES, NotifyFailure: NOTHING_SAVED };

const TELL_SCENARIOS: readonly Scenario[] = Object.entries(TELLING).flatMap(([state, base]) => [
  withCalls(base, state, 'is tried again', [...repeated(SNS_ERROR, 5), 'ok']),
  withCalls(base, state, 'is out of retries', repeated(SNS_ERROR, 6), {
    end: { ...base.end, engine: ['FAILED', SNS_ERROR], path: base.end.path.slice(0, -1) },
  }),
]);

/** Each retrier and catcher of a state that does an action's work. The fourth action is lost. */
function workScenarios(state: string): Scenario[] {
  const lost = (what: string, fourth: readonly string[], others: Readonly<Record<string, readonly string[]>> = {}) => ({
    name: `${state} ${what}`,
    actions: 4,
    calls: { ...others, [`${state}@3`]: fourth },
    end: PARTIAL,
  });
  const two = repeated('TransientError', 2);
  return [
    lost(
      'is tried again, and one action is out of retries',
      repeated('TransientError', 4),
      Object.fromEntries(
        [0, 1, 2].map((index) => [`${state}@${index}`, [...TRANSIENT.slice(3 * index, 3 * index + 3), 'ok']]),
      ),
    ),
    ...['PermanentError', 'BatchTimeout'].map((error) => lost(`is not tried again after a ${error}`, [error])),
    lost('is throttled, which costs no retry', [...two, THROTTLED, ...two], {
      [`${state}@0`]: [...repeated(THROTTLED, 3), 'ok'],
      [`${state}@1`]: [THROTTLED, ...repeated('TransientError', 3), 'ok'],
    }),
  ];
}

/** Every scenario; the longest first. */
export const SCENARIOS: readonly Scenario[] = [
  ...TIMEOUTS,
  ...OUTCOMES,
  ...CANCELS,
  ...workScenarios('GenerateTasks'),
  ...workScenarios('SaveTasks'),
  // ThrottledRetry of retries.ts: 23 retries.
  {
    name: 'GenerateTasks is throttled for good',
    actions: 2,
    calls: { 'GenerateTasks@1': repeated(THROTTLED, 24) },
    end: PARTIAL,
  },
  ...STEP_SCENARIOS,
  ...TELL_SCENARIOS,
];
