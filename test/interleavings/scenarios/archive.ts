import {
  archive,
  cancel,
  end,
  hasEnded,
  isAtWork,
  isUnarchived,
  prepareFailingRun,
  prepareRun,
  type Scenario,
  STEPS,
  seedGoal,
  start,
  status,
  sweep,
  tick,
} from './scenario.ts';

const isOver = hasEnded('g-1');

/** Requirement 13: whatever ends is in the archive with its last words, once, and only then leaves the index. */
export const ARCHIVES: Readonly<Record<string, Scenario>> = {
  /** The last step hands the record over, and its status event comes late, and twice. */
  'archive-end': {
    bounds: { events: 2, atomic: STEPS },
    prepare: prepareRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      archive(world, 'archive');
      end(world, 'g-1', 'ABORTED', isOver);
    },
  },
  /** The event, or the machine, tells people; the sweep looks whether it did. */
  'archive-sweep': {
    bounds: { atomic: STEPS },
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      end(world, 'g-1', 'TIMED_OUT');
      tick(world, 11, isOver);
      sweep(world, 'sweep', isOver);
      archive(world, 'archive', isOver);
    },
  },
  /** Who noted that metrics are sent gets no answer, and gives them back: the record returns to the sweep. */
  'archive-given-back': {
    bounds: { faults: 1, modes: ['lost'], events: 0, atomic: STEPS },
    prepare: prepareRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      archive(world, 'archive', isUnarchived());
      tick(world, 11, isOver);
      sweep(world, 'sweep', isOver);
    },
  },
  /** A status read finds that the run has not begun, and says that it tries a repair when all is over. */
  'archive-status': {
    bounds: { atomic: [...STEPS, 'validate-input', 'update-goal-status'] },
    prepare: (world) => seedGoal(world),
    act: (world) => {
      start(world, 'start');
      tick(world, 11);
      status(world, 'status');
      archive(world, 'archive', isUnarchived());
    },
  },
  'two-archivers': {
    bounds: { faults: 1, modes: ['crashBefore', 'crashAfter', 'fail', 'lost', 'echo'], events: 0, atomic: STEPS },
    prepare: prepareRun,
    until: isUnarchived(),
    act: (world) => {
      archive(world, 'archiveA');
      archive(world, 'archiveB');
    },
  },
  'archive-lagging-index': {
    bounds: { lags: 2, events: 0, atomic: STEPS },
    prepare: prepareRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      archive(world, 'archiveA', isOver);
      archive(world, 'archiveB', isOver);
      tick(world, 11, isOver);
      sweep(world, 'sweep', isOver);
    },
  },
  'archive-cancel': {
    bounds: { atomic: [...STEPS, 'update-goal-status'] },
    prepare: prepareRun,
    until: isAtWork('aggregate-results'),
    act: (world) => {
      cancel(world, 'cancel');
      tick(world, 11, isOver);
      sweep(world, 'sweep', isOver);
      archive(world, 'archive', isOver);
    },
  },
};
