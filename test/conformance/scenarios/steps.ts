import { THROTTLED } from '../../support/lambda-errors.ts';
import {
  ALL_GOOD,
  callsOf,
  DENIED,
  denied,
  FAILED,
  failedIn,
  failing,
  PARTIAL,
  repeated,
  someOf,
  TRANSIENT,
} from './expected.ts';
import type { Expected, Scenario } from './scenario.ts';

/** The states of the run itself that do not talk to people, with the goal's status when they have failed for good. */
const STEPS = {
  ValidateInput: 'failed',
  GetActions: 'failed',
  CreateBatches: 'failed',
  AggregateResults: 'active',
  UpdateGoalStatus: 'active',
} as const;
export const STEP_WAITS = [1, 2, 4, 8] as const;
export const STEP_ERRORS = [THROTTLED, ...TRANSIENT] as const;

/** Each retrier and catcher of a state of the run itself. */
export const STEP_SCENARIOS = Object.entries(STEPS).flatMap(([state, goal], index): Scenario[] => {
  const errors = someOf(STEP_ERRORS, 4 * index, 4);
  const isBeforeBatches = goal === 'failed';
  const lost = (error: string) => (isBeforeBatches ? { failed: { 0: error } } : {});
  return [
    {
      name: `${state} is tried again, first after ${errors[0]}`,
      actions: 1,
      script: failing({ [state]: errors }),
      expected: { ...ALL_GOOD, calls: { [state]: callsOf(errors) }, waits: { [state]: STEP_WAITS } },
    },
    {
      name: `${state} is out of retries`,
      actions: 1,
      script: failing({ [state]: repeated('TransientError', 5) }),
      expected: {
        ...failedIn(state, goal),
        ...lost('TransientError'),
        calls: { [state]: [repeated('TransientError', 5).join(', ')] },
        waits: { [state]: STEP_WAITS },
      },
    },
    {
      name: `${state} is not tried again after a PermanentError`,
      actions: 1,
      script: failing({ [state]: ['PermanentError'] }),
      expected: { ...failedIn(state, goal), ...lost('PermanentError'), calls: { [state]: ['PermanentError'] } },
    },
  ];
});

/** What one failing action of two is, with more of what fails. */
const withFailure = (
  name: string,
  errors: Readonly<Record<string, readonly string[]>>,
  expected: Partial<Expected>,
): Scenario => ({
  name,
  actions: 2,
  ai: (position) => (position === 1 ? DENIED : undefined),
  script: failing(errors),
  expected: { ...PARTIAL, ...denied([1]), ...expected, calls: { ...denied([1]).calls, ...expected.calls } },
});

const UNRECORDED = { actionPaths: { 1: [...FAILED, 'ActionUnrecorded'] } };
const UNKNOWN = { batchStates: { ProcessActions: 1, UpdateProgress: 1, ProgressUnknown: 1 } };

/** What records progress and failures. */
export const RECORD_SCENARIOS: readonly Scenario[] = [
  withFailure(
    'ActionFailed is tried again',
    { 'ActionFailed@1': someOf(STEP_ERRORS, 1, 4) },
    { calls: { 'ActionFailed@1': callsOf(someOf(STEP_ERRORS, 1, 4)) }, waits: { 'ActionFailed@1': STEP_WAITS } },
  ),
  withFailure(
    'ActionFailed is out of retries',
    { 'ActionFailed@1': repeated('TransientError', 5) },
    {
      ...UNRECORDED,
      calls: { 'ActionFailed@1': [repeated('TransientError', 5).join(', ')] },
      waits: { 'ActionFailed@1': STEP_WAITS },
    },
  ),
  withFailure(
    'ActionFailed is not tried again after a PermanentError',
    { 'ActionFailed@1': ['PermanentError'] },
    { ...UNRECORDED, calls: { 'ActionFailed@1': ['PermanentError'] } },
  ),
  {
    name: 'UpdateProgress is tried again',
    actions: 2,
    script: failing({ UpdateProgress: someOf(STEP_ERRORS, 5, 4) }),
    expected: {
      ...ALL_GOOD,
      calls: { UpdateProgress: callsOf(someOf(STEP_ERRORS, 5, 4)) },
      waits: { UpdateProgress: STEP_WAITS },
    },
  },
  {
    name: 'UpdateProgress is out of retries',
    actions: 2,
    script: failing({ UpdateProgress: repeated('TransientError', 5) }),
    expected: {
      ...ALL_GOOD,
      ...UNKNOWN,
      calls: { UpdateProgress: [repeated('TransientError', 5).join(', ')] },
      waits: { UpdateProgress: STEP_WAITS },
    },
  },
  {
    name: 'UpdateProgress is not tried again after a PermanentError',
    actions: 2,
    script: failing({ UpdateProgress: ['PermanentError'] }),
    expected: { ...ALL_GOOD, ...UNKNOWN, calls: { UpdateProgress: ['PermanentError'] } },
  },
];
