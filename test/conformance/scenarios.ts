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
  /** How often each state of a batch is entered; by default, each batch goes through its two. */
  readonly batchStates?: Readonly<Record<string, number>>;
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

/** What a run needs to be told. */
export type Plan = Omit<Scenario, 'expected'>;

/** Why a run is cancelled. */
export const CANCEL_REASON = 'by the conformance run';

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

const LOST = [1, 2, 3] as const;
/** Three of four actions are out of retries. */
const ESCALATED: Expected = {
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
    expected: ESCALATED,
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
    expected: {
      ...cancelled(UNTIL_BATCHES, { 'GenerateTasks@0': ['open'], 'GenerateTasks@1': ['open'] }, ['GenerateTasks']),
      batchStates: { ProcessActions: 1 },
    },
  },
  {
    name: 'cancelled in SaveTasks',
    actions: 2,
    cancelIn: 'SaveTasks',
    expected: {
      ...cancelled(UNTIL_BATCHES, { 'SaveTasks@0': ['open'], 'SaveTasks@1': ['open'] }, SAVED),
      batchStates: { ProcessActions: 1 },
    },
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

/**
 * One action of each of the first three batches is not answered three times and then, after 460 s, refused for its batch's
 * sake; one of the fourth batch, which begins then, is not answered at all, so that its last call lasts from 840 s to 960 s.
 */
const SLOW_POSITIONS = [0, 8, 16];
const SLOW_CALLS = [...repeated('States.Timeout', 3), 'BatchTimeout'].join(', ');

const TIMEOUTS: readonly Scenario[] = [
  {
    name: 'the 900 s of an execution are over',
    actions: 32,
    script: ({ state, position = 0, attempt }) => {
      if (state !== 'GenerateTasks' || position % 8 > 0) return undefined;
      return position === 24 || attempt < 4 ? { hangs: true } : { afterSeconds: 90 };
    },
    expected: {
      engine: ['TIMED_OUT'],
      record: 'TIMED_OUT',
      goal: 'partial',
      path: UNTIL_BATCHES,
      batchStates: { ProcessActions: 4, UpdateProgress: 3 },
      actionPaths: { 0: FAILED, 8: FAILED, 16: FAILED, 24: ['GenerateTasks'] },
      calls: {
        ...Object.fromEntries(SLOW_POSITIONS.map((position) => [`GenerateTasks@${position}`, [SLOW_CALLS]])),
        'GenerateTasks@24': [[...repeated('States.Timeout', 3), 'open'].join(', ')],
      },
      waits: { 'GenerateTasks@0': [2, 4, 8], 'GenerateTasks@24': [2, 4, 8] },
      failed: { 0: 'BatchTimeout', 8: 'BatchTimeout', 16: 'BatchTimeout', 24: 'TIMED_OUT' },
      messages: ['timeout'],
    },
  },
  {
    name: 'the 300 s of a batch are over',
    actions: 2,
    script: failing({ 'GenerateTasks@1': repeated('States.Timeout', 2) }),
    ai: (position) => (position === 1 ? { fault: 'hang' } : undefined),
    expected: {
      ...PARTIAL,
      actionPaths: { 1: FAILED },
      calls: { 'GenerateTasks@1': ['States.Timeout, States.Timeout, BatchTimeout'] },
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

const ACTION_ERRORS = [TRANSIENT.slice(0, 3), TRANSIENT.slice(3, 6), TRANSIENT.slice(6, 9)] as const;

/** Each retrier and catcher of a state that does an action's work, with the waits of its retrier. */
const workScenarios = (state: 'GenerateTasks' | 'SaveTasks', waits: readonly Wait[]): Scenario[] => {
  const at = (position: number) => `${state}@${position}`;
  const failedPath = state === 'GenerateTasks' ? FAILED : [...SAVED, 'ActionFailed'];
  const lost = (error: string, times: number) => ({
    ...PARTIAL,
    actionPaths: { 3: failedPath },
    calls: { [at(3)]: [repeated(error, times).join(', ')] },
    failed: { 3: error },
  });
  return [
    {
      name: `${state} is tried again, and one action is out of retries`,
      actions: 4,
      script: failing({
        ...Object.fromEntries(ACTION_ERRORS.map((errors, position) => [at(position), errors])),
        [at(3)]: repeated('TransientError', 4),
      }),
      expected: {
        ...lost('TransientError', 4),
        calls: {
          ...lost('TransientError', 4).calls,
          ...Object.fromEntries(ACTION_ERRORS.map((errors, position) => [at(position), callsOf(errors)])),
        },
        waits: Object.fromEntries([0, 1, 2, 3].map((position) => [at(position), waits])),
      },
    },
    {
      name: `${state} is not tried again after a PermanentError`,
      actions: 4,
      script: failing({ [at(3)]: ['PermanentError'] }),
      expected: lost('PermanentError', 1),
    },
    {
      name: `${state} is not tried again after a BatchTimeout`,
      actions: 4,
      script: failing({ [at(3)]: ['BatchTimeout'] }),
      expected: lost('BatchTimeout', 1),
    },
    {
      name: `${state} is throttled, which costs no retry`,
      actions: 4,
      script: failing({
        [at(0)]: repeated(THROTTLED, 3),
        [at(1)]: [THROTTLED, ...repeated('TransientError', 3)],
        [at(3)]: [...repeated('TransientError', 2), THROTTLED, ...repeated('TransientError', 2)],
      }),
      expected: {
        ...lost('TransientError', 1),
        calls: {
          [at(0)]: callsOf(repeated(THROTTLED, 3)),
          [at(1)]: callsOf([THROTTLED, ...repeated('TransientError', 3)]),
          [at(3)]: [[...repeated('TransientError', 2), THROTTLED, ...repeated('TransientError', 2)].join(', ')],
        },
        waits: {
          [at(0)]: [{ upTo: 2 }, { upTo: 4 }, { upTo: 8 }],
          [at(1)]: [{ upTo: 2 }, ...waits],
          [at(3)]: [...waits.slice(0, 2), { upTo: 2 }, ...waits.slice(2)],
        },
      },
    },
  ];
};

/** ThrottledRetry of retries.ts: 23 retries. */
const THROTTLED_WAITS = [2, 4, 8, 16, ...Array.from({ length: 19 }, () => 30)].map((upTo) => ({ upTo }));

const WORK_SCENARIOS: readonly Scenario[] = [
  ...workScenarios('GenerateTasks', [2, 4, 8]),
  ...workScenarios('SaveTasks', [1, 2, 4]),
  {
    name: 'GenerateTasks is throttled for good',
    actions: 2,
    script: failing({ 'GenerateTasks@1': repeated(THROTTLED, 24) }),
    expected: {
      ...PARTIAL,
      actionPaths: { 1: FAILED },
      calls: { 'GenerateTasks@1': [repeated(THROTTLED, 24).join(', ')] },
      waits: { 'GenerateTasks@1': THROTTLED_WAITS },
      failed: { 1: THROTTLED },
    },
  },
];

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
const RECORD_SCENARIOS: readonly Scenario[] = [
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

/** The state that handles what no other has, after a ValidateInput that failed for good. */
const handling = (name: string, errors: readonly string[], expected: Partial<Expected>): Scenario => ({
  name: `HandleError ${name}`,
  actions: 1,
  script: failing({ ValidateInput: ['PermanentError'], HandleError: errors }),
  expected: {
    ...failedIn('ValidateInput', 'failed'),
    failed: { 0: 'PermanentError' },
    ...expected,
    calls: { ValidateInput: ['PermanentError'], ...expected.calls },
  },
});
/** It fails itself, and the status event does its work. */
const unhandled = (errors: readonly string[]): Partial<Expected> => ({
  engine: ['FAILED', errors[0] ?? ''],
  path: ['ValidateInput', 'HandleError'],
  calls: { HandleError: [errors.join(', ')] },
  failed: { 0: errors[0] ?? '' },
});
const HANDLE_SCENARIOS: readonly Scenario[] = [
  handling('is tried again', someOf(STEP_ERRORS, 0, 4), {
    calls: { HandleError: callsOf(someOf(STEP_ERRORS, 0, 4)) },
    waits: { HandleError: STEP_WAITS },
  }),
  handling('is out of retries', repeated('TransientError', 5), {
    ...unhandled(repeated('TransientError', 5)),
    waits: { HandleError: STEP_WAITS },
  }),
  handling('is not tried again after a PermanentError', ['PermanentError'], unhandled(['PermanentError'])),
];

const NOTIFY_WAITS = [2, 4, 8, 16, 30] as const;
/** The states that tell people, each in a run that comes to it. */
const TELLING: Readonly<Record<string, Pick<Scenario, 'actions' | 'ai' | 'expected'>>> = {
  NotifyPartial: {
    actions: 2,
    ai: (position) => (position === 1 ? DENIED : undefined),
    expected: { ...PARTIAL, ...denied([1]) },
  },
  EscalatePartial: {
    actions: 4,
    ai: (position) => (position > 0 ? { fault: 'error' } : undefined),
    expected: ESCALATED,
  },
  NotifyFailure: { actions: 1, ai: () => DENIED, expected: { ...ALL_FAILING, ...denied([0]) } },
};
const TELL_SCENARIOS = Object.entries(TELLING).flatMap(([state, { expected, ...run }]): Scenario[] => [
  {
    ...run,
    name: `${state} is tried again`,
    script: failing({ [state]: repeated(SNS_ERROR, 5) }),
    expected: {
      ...expected,
      calls: { ...expected.calls, [state]: callsOf(repeated(SNS_ERROR, 5)) },
      waits: { ...expected.waits, [state]: NOTIFY_WAITS },
    },
  },
  {
    ...run,
    name: `${state} is out of retries`,
    script: failing({ [state]: repeated(SNS_ERROR, 6) }),
    expected: {
      ...expected,
      engine: ['FAILED', SNS_ERROR],
      path: expected.path.slice(0, -1),
      calls: { ...expected.calls, [state]: [repeated(SNS_ERROR, 6).join(', ')] },
      waits: { ...expected.waits, [state]: NOTIFY_WAITS },
    },
  },
]);

/** Every scenario; the longest first. */
export const SCENARIOS: readonly Scenario[] = [
  ...TIMEOUTS,
  ...OUTCOMES,
  ...TOGETHER,
  ...CANCELS,
  ...WORK_SCENARIOS,
  ...STEP_SCENARIOS,
  ...RECORD_SCENARIOS,
  ...HANDLE_SCENARIOS,
  ...TELL_SCENARIOS,
];
