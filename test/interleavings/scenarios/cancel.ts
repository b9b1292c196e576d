import { cancel, isAtWork, prepareRun, refuse, retry, type Scenario, start } from './scenario.ts';

/** Rules 2, 3, 6 and 7: no task of a cancelled execution, no lost or doubled save, nothing of others wiped. */
export const CANCELS: Readonly<Record<string, Scenario>> = {
  'save-cancel': {
    bounds: { events: 2, atomic: ['get-actions', 'create-batches', 'aggregate-results'] },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => cancel(world, 'cancel'),
  },
  'save-two-cancels': {
    bounds: { atomic: ['get-actions', 'create-batches', 'update-progress', 'aggregate-results'] },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => {
      cancel(world, 'cancelA');
      cancel(world, 'cancelB');
    },
  },
  'save-cancel-start': {
    bounds: { atomic: ['get-actions', 'create-batches', 'update-progress', 'aggregate-results', 'validate-input'] },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => {
      cancel(world, 'cancel');
      start(world, 'startB');
    },
  },
  'settle-cancel': {
    bounds: {},
    prepare: prepareRun,
    until: isAtWork('aggregate-results'),
    act: (world) => cancel(world, 'cancel'),
  },
  'retry-cancel': {
    bounds: {},
    prepare: (world) => {
      refuse(world, [1]);
      prepareRun(world);
      retry(world, 'second');
    },
    until: isAtWork('save-tasks', 'g-2/'),
    act: (world) => cancel(world, 'cancel', 'g-2'),
  },
  /** Queries see half of a cancel's transaction; the next start must not take what is left for done. */
  'torn-cancel': {
    bounds: {
      events: 0,
      opens: 1,
      torn: 1,
      atomic: [
        'start-workflow',
        'get-actions',
        'create-batches',
        'validate-input',
        'save-tasks',
        'update-progress',
        'update-goal-status',
        'handle-error',
      ],
    },
    prepare: prepareRun,
    until: isAtWork('aggregate-results'),
    act: (world) => {
      cancel(world, 'cancelA');
      cancel(world, 'cancelB');
      start(world, 'startB', 'g', ({ db }) => db.items.get('goals|g|GOAL')?.status !== 'processing');
    },
  },
  /** A cancel that meets the transactions of saves. */
  'save-cancel-open': {
    bounds: { events: 0, opens: 1, atomic: ['get-actions', 'create-batches', 'update-progress', 'aggregate-results'] },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => cancel(world, 'cancel'),
  },
  /** Step Functions gives a save up that goes on, and tries it again. */
  'orphan-save': {
    bounds: { faults: 1, modes: ['orphan'] },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: () => undefined,
  },
  'orphan-save-cancel': {
    bounds: {
      faults: 1,
      modes: ['orphan'],
      atomic: ['get-actions', 'create-batches', 'aggregate-results', 'update-goal-status'],
    },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => cancel(world, 'cancel'),
  },
};
