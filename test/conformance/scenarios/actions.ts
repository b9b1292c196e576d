import { THROTTLED } from '../../support/lambda-errors.ts';
import { callsOf, FAILED, failing, PARTIAL, repeated, SAVED, TRANSIENT } from './expected.ts';
import type { Scenario, Wait } from './scenario.ts';

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
    ...['PermanentError', 'BatchTimeout'].map((error) => ({
      name: `${state} is not tried again after a ${error}`,
      actions: 4,
      script: failing({ [at(3)]: [error] }),
      expected: lost(error, 1),
    })),
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

export const WORK_SCENARIOS: readonly Scenario[] = [
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
