import { SNS_ERROR } from '../engine/scripts.ts';
import {
  ALL_FAILING,
  callsOf,
  DENIED,
  denied,
  ESCALATED,
  failedIn,
  failing,
  PARTIAL,
  repeated,
  someOf,
} from './expected.ts';
import type { Expected, Scenario } from './scenario.ts';
import { STEP_ERRORS, STEP_WAITS } from './steps.ts';

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
export const HANDLE_SCENARIOS: readonly Scenario[] = [
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
export const TELL_SCENARIOS = Object.entries(TELLING).flatMap(([state, { expected, ...run }]): Scenario[] => [
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
