import {
  ALL_FAILING,
  ALL_GOOD,
  DENIED,
  denied,
  ESCALATED,
  FAILED,
  failing,
  PARTIAL,
  repeated,
  SAVED,
  SETTLED,
  UNTIL_BATCHES,
} from './expected.ts';
import type { Expected, Scenario } from './scenario.ts';

export const OUTCOMES: readonly Scenario[] = [
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
export const TOGETHER: readonly Scenario[] = [
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

/** A run that is cancelled while calls of a state are under way. */
const cancelledIn = (
  cancelIn: string,
  path: readonly string[],
  {
    actionPath = SAVED,
    keys = [cancelIn],
    ...more
  }: Partial<Expected> & { actionPath?: readonly string[]; keys?: string[] },
): Scenario => ({
  name: `cancelled in ${cancelIn}`,
  actions: 2,
  cancelIn,
  expected: {
    engine: ['ABORTED', 'ABORT'],
    record: 'ABORTED',
    goal: 'draft',
    path,
    actionPaths: { 0: actionPath, 1: actionPath },
    calls: Object.fromEntries(keys.map((key) => [key, ['open']])),
    failed: { 0: 'CANCELLED', 1: 'CANCELLED' },
    ...more,
  },
});

const inActions = (state: string, actionPath: readonly string[]) =>
  cancelledIn(state, UNTIL_BATCHES, {
    actionPath,
    keys: [`${state}@0`, `${state}@1`],
    batchStates: { ProcessActions: 1 },
  });

export const CANCELS: readonly Scenario[] = [
  inActions('GenerateTasks', ['GenerateTasks']),
  inActions('SaveTasks', SAVED),
  cancelledIn('UpdateProgress', UNTIL_BATCHES, {}),
  cancelledIn('AggregateResults', [...UNTIL_BATCHES, 'AggregateResults'], {}),
];

/**
 * One action of each of the first three batches is not answered three times and then, after 460 s, refused for its batch's
 * sake; one of the fourth batch, which begins then, is not answered at all, so that its last call lasts from 840 s to 960 s.
 */
const SLOW_POSITIONS = [0, 8, 16];
const SLOW_CALLS = [...repeated('States.Timeout', 3), 'BatchTimeout'].join(', ');

export const TIMEOUTS: readonly Scenario[] = [
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
