import { THROTTLED } from '../../support/lambda-errors.ts';
import { SNS_ERROR } from '../engine/scripts.ts';
import {
  ALL_FAILING,
  ALL_GOOD,
  type Base,
  DENIED,
  denied,
  ESCALATED,
  FAILED,
  failedIn,
  PARTIAL,
  repeated,
  someOf,
  TRANSIENT,
  withErrors,
} from './expected.ts';
import type { Expected, Scenario } from './scenario.ts';

const STEP_WAITS = [1, 2, 4, 8] as const;

/** Each retrier and catcher of a state; which errors are tried differs from state to state. */
const stepScenarios = (
  key: string,
  first: number,
  base: Base,
  lost: (error: string) => Partial<Expected>,
): Scenario[] => {
  const errors = someOf([THROTTLED, ...TRANSIENT], first, 4);
  const outOfRetries = repeated('TransientError', 5);
  return [
    withErrors(base, [key, errors, STEP_WAITS], `is tried again, first after ${errors[0]}`),
    withErrors(base, [key, outOfRetries, STEP_WAITS], 'is out of retries', lost('TransientError')),
    withErrors(
      base,
      [key, ['PermanentError'], []],
      'is not tried again after a PermanentError',
      lost('PermanentError'),
    ),
  ];
};

/** The states of the run itself that do not talk to people, with the goal's status when they have failed for good. */
const STEPS = {
  ValidateInput: 'failed',
  GetActions: 'failed',
  CreateBatches: 'failed',
  AggregateResults: 'active',
  UpdateGoalStatus: 'active',
} as const;

export const STEP_SCENARIOS = Object.entries(STEPS).flatMap(([state, goal], index) =>
  stepScenarios(state, 4 * index, { actions: 1, expected: ALL_GOOD }, (error) => ({
    ...failedIn(state, goal),
    ...(goal === 'failed' ? { failed: { 0: error } } : {}),
  })),
);

const oneFailing: Base = {
  actions: 2,
  ai: (position) => (position === 1 ? DENIED : undefined),
  expected: { ...PARTIAL, ...denied([1]) },
};

/** What records failures and progress. */
export const RECORD_SCENARIOS: readonly Scenario[] = [
  ...stepScenarios('ActionFailed@1', 1, oneFailing, () => ({ actionPaths: { 1: [...FAILED, 'ActionUnrecorded'] } })),
  ...stepScenarios('UpdateProgress', 5, { actions: 2, expected: ALL_GOOD }, () => ({
    batchStates: { ProcessActions: 1, UpdateProgress: 1, ProgressUnknown: 1 },
  })),
];

const failedAtFirst: Base = {
  actions: 1,
  errors: { ValidateInput: ['PermanentError'] },
  expected: {
    ...failedIn('ValidateInput', 'failed'),
    calls: { ValidateInput: ['PermanentError'] },
    failed: { 0: 'PermanentError' },
  },
};
/** The state that handles what no other has. When it fails itself, the status event does its work. */
export const HANDLE_SCENARIOS = stepScenarios('HandleError', 0, failedAtFirst, (error) => ({
  engine: ['FAILED', error],
  path: ['ValidateInput', 'HandleError'],
  failed: { 0: error },
}));

const NOTIFY_WAITS = [2, 4, 8, 16, 30] as const;
/** The states that tell people, each in a run that comes to it. */
const TELLING: Readonly<Record<string, Base>> = {
  NotifyPartial: oneFailing,
  EscalatePartial: {
    actions: 4,
    ai: (position) => (position > 0 ? { fault: 'error' } : undefined),
    expected: ESCALATED,
  },
  NotifyFailure: { actions: 1, ai: () => DENIED, expected: { ...ALL_FAILING, ...denied([0]) } },
};
export const TELL_SCENARIOS = Object.entries(TELLING).flatMap(([state, base]) => [
  withErrors(base, [state, repeated(SNS_ERROR, 5), NOTIFY_WAITS], 'is tried again'),
  withErrors(base, [state, repeated(SNS_ERROR, 6), NOTIFY_WAITS], 'is out of retries', {
    engine: ['FAILED', SNS_ERROR],
    path: base.expected.path.slice(0, -1),
  }),
]);
