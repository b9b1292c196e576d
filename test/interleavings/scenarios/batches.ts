import { cancel, isAtWork, prepareRun, type Scenario } from './scenario.ts';

/** Two batches, here of one action each, whose ends write the progress of one record. */
export const BATCHES: Readonly<Record<string, Scenario>> = {
  'two-batches': { bounds: { batchSize: 1 }, prepare: prepareRun, until: isAtWork('save-tasks'), act: () => undefined },
  'two-batches-cancel': {
    bounds: { batchSize: 1, atomic: ['get-actions', 'create-batches', 'aggregate-results', 'update-goal-status'] },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => cancel(world, 'cancel'),
  },
  /** Step Functions gives a step up that goes on, and tries it again, or the SDK sends a write again. */
  'late-steps': {
    bounds: {
      faults: 2,
      modes: ['orphan', 'echo', 'lost'],
      atomic: ['get-actions', 'save-tasks', 'update-goal-status'],
    },
    prepare: prepareRun,
    until: isAtWork('validate-input'),
    act: () => undefined,
  },
};
