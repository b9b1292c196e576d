import type { ScriptedAnswer } from '../../../local/aws/bedrock/bedrock.ts';
import { after } from '../engine/scripts.ts';
import { type End, repeated, SAVED, type Scenario } from './scenario.ts';

const UNTIL_BATCHES = ['ValidateInput', 'GetActions', 'CreateBatches', 'ProcessBatches'];
const SETTLED = [...UNTIL_BATCHES, 'AggregateResults', 'UpdateGoalStatus', 'ByOutcome'];

export const ALL_GOOD: End = {
  engine: ['SUCCEEDED'],
  record: 'SUCCEEDED',
  goal: 'active',
  path: [...SETTLED, 'Succeeded'],
  messages: [],
};
export const PARTIAL: End = {
  engine: ['SUCCEEDED'],
  record: 'PARTIALLY_SUCCEEDED',
  goal: 'partial',
  path: [...SETTLED, 'NotifyPartial', 'Succeeded'],
  messages: ['partial'],
};
const ALL_FAILING: End = {
  engine: ['FAILED', 'WorkflowFailed'],
  record: 'FAILED',
  goal: 'failed',
  path: [...SETTLED, 'NotifyFailure', 'Failed'],
  messages: ['failure'],
};
/** A state of the run itself failed for good. */
export const failedIn = (state: string, goal: string): End => ({
  ...ALL_FAILING,
  goal,
  path: [...SETTLED.slice(0, SETTLED.indexOf(state) + 1), 'HandleError', 'ByOutcome', 'NotifyFailure', 'Failed'],
});

/** The AI does the same with the actions at these positions. */
const byAi = (positions: readonly number[], answer: ScriptedAnswer, calls: readonly string[]) => ({
  ai: Object.fromEntries(positions.map((position) => [position, answer])),
  calls: Object.fromEntries(positions.map((position) => [`GenerateTasks@${position}`, calls])),
});
const denied = (...positions: readonly number[]) => byAi(positions, { fault: 'denied' }, ['PermanentError']);

export const SOME_FAILING: Scenario = { name: 'some failing', actions: 2, ...denied(1), end: PARTIAL };
export const OUT_OF_RETRIES: Scenario = {
  name: 'several out of retries',
  actions: 4,
  ...byAi([1, 2, 3], { fault: 'error' }, repeated('TransientError', 4)),
  end: { ...PARTIAL, path: [...SETTLED, 'EscalatePartial', 'Succeeded'], messages: ['escalation'] },
};
export const NOTHING_SAVED: Scenario = { name: 'all failing', actions: 1, ...denied(0), end: ALL_FAILING };

export const OUTCOMES: readonly Scenario[] = [
  { name: 'all good, the largest goal', actions: 64, end: ALL_GOOD },
  // In one of two batches.
  { name: 'one failing', actions: 9, ...denied(8), end: PARTIAL },
  { name: 'all failing, in two batches', actions: 9, ...denied(0, 1, 2, 3, 4, 5, 6, 7, 8), end: ALL_FAILING },
  OUT_OF_RETRIES,
  {
    name: 'settled by another',
    actions: 1,
    script: ({ state }) =>
      state === 'UpdateGoalStatus' ? { by: async (call) => ({ ...Object(await call()), next: 'NONE' }) } : undefined,
    end: { ...ALL_GOOD, engine: ['FAILED', 'AlreadySettled'], path: [...SETTLED, 'AlreadySettled'] },
  },
];

/**
 * A run that is cancelled while calls of a state are under way.
 * @param actionPath of both actions
 */
const cancelledIn = (
  cancelIn: string,
  actionPath: readonly string[],
  { path = UNTIL_BATCHES, ...more }: Partial<Scenario> & { readonly path?: readonly string[] } = {},
): Scenario => ({
  name: `cancelled in ${cancelIn}`,
  actions: 2,
  cancelIn,
  calls: { [cancelIn]: ['open'] },
  end: { engine: ['ABORTED', 'ABORT'], record: 'ABORTED', goal: 'draft', path, messages: [] },
  actionPaths: { 0: actionPath, 1: actionPath },
  failed: { 0: 'CANCELLED', 1: 'CANCELLED' },
  ...more,
});

const inActions = (state: string) => ({
  calls: { [`${state}@0`]: ['open'], [`${state}@1`]: ['open'] },
  batchStates: { ProcessActions: 1 },
});

export const CANCELS: readonly Scenario[] = [
  cancelledIn('GenerateTasks', ['GenerateTasks'], inActions('GenerateTasks')),
  cancelledIn('SaveTasks', SAVED, inActions('SaveTasks')),
  cancelledIn('UpdateProgress', SAVED),
  cancelledIn('AggregateResults', SAVED, { path: [...UNTIL_BATCHES, 'AggregateResults'] }),
];

const SLOW_CALLS = [...repeated('States.Timeout', 3), 'BatchTimeout'];

export const TIMEOUTS: readonly Scenario[] = [
  /**
   * One action of each of the first three batches is not answered three times and then, after 460 s, refused for its batch's
   * sake; one of the fourth batch, which begins then, is not answered at all, so that its last call lasts from 840 s to 960 s.
   */
  {
    name: 'the 900 s of an execution are over',
    actions: 32,
    script: ({ state, position = 0, attempt }) => {
      if (state !== 'GenerateTasks' || position % 8 > 0) return undefined;
      return position === 24 || attempt < 4 ? { hangs: true } : after(90);
    },
    calls: {
      ...Object.fromEntries([0, 8, 16].map((position) => [`GenerateTasks@${position}`, SLOW_CALLS])),
      'GenerateTasks@24': [...repeated('States.Timeout', 3), 'open'],
    },
    end: { engine: ['TIMED_OUT'], record: 'TIMED_OUT', goal: 'partial', path: UNTIL_BATCHES, messages: ['timeout'] },
    batchStates: { ProcessActions: 4, UpdateProgress: 3 },
    actionPaths: { 24: ['GenerateTasks'] },
    failed: { 24: 'TIMED_OUT' },
  },
  {
    name: 'the 300 s of a batch are over',
    actions: 2,
    script: ({ state, position, attempt }) =>
      state === 'GenerateTasks' && position === 1 && attempt < 3 ? { hangs: true } : undefined,
    ai: { 1: { fault: 'hang' } },
    calls: { 'GenerateTasks@1': [...repeated('States.Timeout', 2), 'BatchTimeout'] },
    end: PARTIAL,
  },
];
