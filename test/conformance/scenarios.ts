import type { ScriptedAnswer } from '../../local/bedrock/bedrock.ts';
import type { Behaviour, Script } from './scripts.ts';

/** A wait before a retry, in seconds; with jitter, it is anything up to that. */
export type Wait = number | { readonly upTo: number };

/** What the promises say of a run, whatever runs it: docs/guarantees.md and the requirements in docs/design.md. */
export interface Expected {
  readonly engine: readonly [status: string, error?: string];
  readonly record: string;
  readonly goal: string;
  readonly path: readonly string[];
  /** Of the actions that do not take `SAVED`, by position. */
  readonly actionPaths?: Readonly<Record<number, readonly string[]>>;
  /** The calls of states of which not each was `ok` at once, as in `Observation.calls`. */
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  readonly waits?: Readonly<Record<string, readonly Wait[]>>;
  /** How the actions ended, by position: those that were not saved. */
  readonly failed?: Readonly<Record<number, string>>;
  /** The kinds of the messages. */
  readonly messages?: readonly string[];
}

/** One run of one goal. */
export interface Scenario {
  readonly name: string;
  readonly actions: number;
  readonly script?: Script;
  /** What the AI does with an action, call by call; it answers without. */
  readonly ai?: (position: number, call: number) => ScriptedAnswer | undefined;
  /** The run is cancelled while every first call of this state is under way. */
  readonly cancelIn?: string;
  readonly expected: Expected;
}

const UNTIL_BATCHES = ['ValidateInput', 'GetActions', 'CreateBatches', 'ProcessBatches'] as const;
const SETTLED = [...UNTIL_BATCHES, 'AggregateResults', 'UpdateGoalStatus', 'ByOutcome'] as const;
const HANDLED = ['HandleError', 'ByOutcome', 'NotifyFailure', 'Failed'] as const;
const SAVED = ['GenerateTasks', 'SaveTasks'] as const;
export const SAVED_PATH: readonly string[] = SAVED;

const ALL_GOOD: Expected = {
  engine: ['SUCCEEDED'],
  record: 'SUCCEEDED',
  goal: 'active',
  path: [...SETTLED, 'Succeeded'],
};
const PARTIAL: Expected = {
  engine: ['SUCCEEDED'],
  record: 'PARTIALLY_SUCCEEDED',
  goal: 'partial',
  path: [...SETTLED, 'NotifyPartial', 'Succeeded'],
  messages: ['partial'],
};
const ALL_FAILING: Expected = {
  engine: ['FAILED', 'WorkflowFailed'],
  record: 'FAILED',
  goal: 'failed',
  path: [...SETTLED, 'NotifyFailure', 'Failed'],
  messages: ['failure'],
};
/** A state of the run itself failed for good. */
const failedIn = (state: string, goal: string): Expected => ({
  ...ALL_FAILING,
  goal,
  path: [...SETTLED.slice(0, SETTLED.findIndex((each) => each === state) + 1), ...HANDLED],
});

/** Errors of `retries.ts` that every retrier of a step knows; `States.Timeout` is what a call that hangs becomes. */
const TRANSIENT = [
  'TransientError',
  'States.Timeout',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Sandbox.Timedout',
] as const;
const THROTTLED = 'Lambda.TooManyRequestsException';
const SNS_ERROR = 'SNS.InternalErrorException';

const behaviourOf = (error: string): Behaviour => (error === 'States.Timeout' ? { hangs: true } : { error });

/** The errors that the calls of each state, or of a state for one action (`SaveTasks@3`), fail with, one after the other. */
const failing =
  (errors: Readonly<Record<string, readonly string[]>>): Script =>
  ({ state, position, attempt }) => {
    const error = (errors[`${state}@${position}`] ?? errors[state])?.[attempt - 1];
    return error === undefined ? undefined : behaviourOf(error);
  };

const repeated = (error: string, times: number) => Array.from({ length: times }, () => error);
const callsOf = (errors: readonly string[]) => [[...errors, 'ok'].join(', ')];

/** `count` errors of the list, beginning at another one for each state. */
const someOf = (errors: readonly string[], start: number, count: number) =>
  Array.from({ length: count }, (_, index) => errors[(start + index) % errors.length] ?? '');

const DENIED: ScriptedAnswer = { fault: 'denied' };
const FAILED = ['GenerateTasks', 'ActionFailed'] as const;

/** What is expected of actions whose AI refuses. */
const denied = (positions: readonly number[]) => ({
  actionPaths: Object.fromEntries(positions.map((position) => [position, FAILED])),
  calls: Object.fromEntries(positions.map((position) => [`GenerateTasks@${position}`, ['PermanentError']])),
  failed: Object.fromEntries(positions.map((position) => [position, 'PermanentError'])),
});

const OUTCOMES: readonly Scenario[] = [
  { name: 'all good, the largest goal', actions: 64, expected: ALL_GOOD },
  {
    name: 'one failing',
    actions: 3,
    ai: (position) => (position === 1 ? DENIED : undefined),
    expected: { ...PARTIAL, ...denied([1]) },
  },
  { name: 'all failing', actions: 3, ai: () => DENIED, expected: { ...ALL_FAILING, ...denied([0, 1, 2]) } },
  {
    name: 'several out of retries',
    actions: 4,
    ai: (position) => (position > 0 ? { fault: 'error' } : undefined),
    expected: {
      ...PARTIAL,
      path: [...SETTLED, 'EscalatePartial', 'Succeeded'],
      actionPaths: { 1: FAILED, 2: FAILED, 3: FAILED },
      calls: Object.fromEntries(
        [1, 2, 3].map((position) => [`GenerateTasks@${position}`, [repeated('TransientError', 4).join(', ')]]),
      ),
      waits: Object.fromEntries([1, 2, 3].map((position) => [`GenerateTasks@${position}`, [2, 4, 8]])),
      failed: { 1: 'TransientError', 2: 'TransientError', 3: 'TransientError' },
      messages: ['escalation'],
    },
  },
  {
    name: 'settled by another',
    actions: 1,
    script: ({ state }) =>
      state === 'UpdateGoalStatus' ? { answer: (answer) => ({ ...answer, next: 'NONE' }) } : undefined,
    expected: { ...ALL_GOOD, engine: ['FAILED', 'AlreadySettled'], path: [...SETTLED, 'AlreadySettled'] },
  },
];

/** Users who start at the same time goals that look alike; nine actions are two batches. */
const TOGETHER: readonly Scenario[] = [
  { name: 'user 1 of 4 at once, all good', actions: 9, expected: ALL_GOOD },
  {
    name: 'user 2 of 4 at once, one failing',
    actions: 9,
    ai: (position) => (position === 8 ? DENIED : undefined),
    expected: { ...PARTIAL, ...denied([8]) },
  },
  {
    name: 'user 3 of 4 at once, all failing',
    actions: 9,
    ai: () => DENIED,
    expected: { ...ALL_FAILING, ...denied([0, 1, 2, 3, 4, 5, 6, 7, 8]) },
  },
  { name: 'user 4 of 4 at once, all good', actions: 9, expected: ALL_GOOD },
];

const cancelled = (path: readonly string[], calls: Expected['calls'], actionPath: readonly string[]): Expected => ({
  engine: ['ABORTED', 'ABORT'],
  record: 'ABORTED',
  goal: 'draft',
  path,
  actionPaths: { 0: actionPath, 1: actionPath },
  calls: calls ?? {},
  failed: { 0: 'CANCELLED', 1: 'CANCELLED' },
});

const CANCELS: readonly Scenario[] = [
  {
    name: 'cancelled in GenerateTasks',
    actions: 2,
    cancelIn: 'GenerateTasks',
    expected: cancelled(UNTIL_BATCHES, { 'GenerateTasks@0': ['open'], 'GenerateTasks@1': ['open'] }, ['GenerateTasks']),
  },
  {
    name: 'cancelled in SaveTasks',
    actions: 2,
    cancelIn: 'SaveTasks',
    expected: cancelled(UNTIL_BATCHES, { 'SaveTasks@0': ['open'], 'SaveTasks@1': ['open'] }, SAVED),
  },
  {
    name: 'cancelled in UpdateProgress',
    actions: 2,
    cancelIn: 'UpdateProgress',
    expected: cancelled(UNTIL_BATCHES, { UpdateProgress: ['open'] }, SAVED),
  },
  {
    name: 'cancelled in AggregateResults',
    actions: 2,
    cancelIn: 'AggregateResults',
    expected: cancelled([...UNTIL_BATCHES, 'AggregateResults'], { AggregateResults: ['open'] }, SAVED),
  },
];

const HANGING = 'States.Timeout';
/** One action of each batch is not answered: 4 × 120 s and 14 s of waits. A fourth batch begins after the first. */
const hangingBatches = [0, 8, 16, 24];

const TIMEOUTS: readonly Scenario[] = [
  {
    name: 'the 900 s of an execution are over',
    actions: 32,
    script: ({ state, position = 0 }) =>
      state === 'GenerateTasks' && hangingBatches.includes(position) ? { hangs: true } : undefined,
    expected: {
      engine: ['TIMED_OUT'],
      record: 'TIMED_OUT',
      goal: 'partial',
      path: UNTIL_BATCHES,
      actionPaths: { 0: FAILED, 8: FAILED, 16: FAILED, 24: ['GenerateTasks'] },
      calls: {
        'GenerateTasks@0': [repeated(HANGING, 4).join(', ')],
        'GenerateTasks@8': [repeated(HANGING, 4).join(', ')],
        'GenerateTasks@16': [repeated(HANGING, 4).join(', ')],
        'GenerateTasks@24': [[...repeated(HANGING, 3), 'open'].join(', ')],
      },
      waits: { 'GenerateTasks@0': [2, 4, 8], 'GenerateTasks@24': [2, 4, 8] },
      failed: { 0: HANGING, 8: HANGING, 16: HANGING, 24: HANGING },
      messages: ['timeout'],
    },
  },
  {
    name: 'the 300 s of a batch are over',
    actions: 2,
    ai: (position) => (position === 1 ? { fault: 'hang' } : undefined),
    expected: {
      ...PARTIAL,
      actionPaths: { 1: FAILED },
      calls: { 'GenerateTasks@1': ['TransientError, TransientError, BatchTimeout'] },
      waits: { 'GenerateTasks@1': [2, 4] },
      failed: { 1: 'BatchTimeout' },
    },
  },
];

/** The states of the run itself that do not talk to people, with the goal's status when they have failed for good. */
const STEPS = {
  ValidateInput: 'failed',
  GetActions: 'failed',
  CreateBatches: 'failed',
  AggregateResults: 'active',
  UpdateGoalStatus: 'active',
} as const;
const STEP_WAITS = [1, 2, 4, 8] as const;
const STEP_ERRORS = [THROTTLED, ...TRANSIENT] as const;

/** Each retrier and catcher of a state of the run itself. */
const STEP_SCENARIOS = Object.entries(STEPS).flatMap(([state, goal], index): Scenario[] => {
  const errors = someOf(STEP_ERRORS, 4 * index, 4);
  const isBeforeBatches = goal === 'failed';
  const unsaved = { 0: isBeforeBatches ? 'the error' : '' };
  const lost = (error: string) => (isBeforeBatches ? { actionPaths: { 0: [] }, failed: { ...unsaved, 0: error } } : {});
  return [
    {
      name: `${state} is tried again after ${errors.join(', ')}`,
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

/** Every scenario. */
export const SCENARIOS: readonly Scenario[] = [...TIMEOUTS, ...OUTCOMES, ...TOGETHER, ...CANCELS, ...STEP_SCENARIOS];
