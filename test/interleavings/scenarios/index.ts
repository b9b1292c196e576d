import { BEGINNING, clock } from '../stand-ins/time.ts';
import { type Bounds, MODES } from '../world/bounds.ts';
import type { World } from '../world/world.ts';
import { EDITS } from './edit-delete.ts';
import {
  archive,
  before,
  cancel,
  change,
  end,
  executionOf,
  hasEnded,
  hasStopped,
  hasTimedOut,
  isUnarchived,
  ofOneAction,
  recordNamed,
  refuse,
  runTo,
  type Scenario,
  scenario,
  status,
  sweep,
  tick,
} from './scenario.ts';
import {
  AROUND_SAVES,
  aggregating,
  CANCELS,
  draft,
  LOADS,
  STARTS,
  STEPS,
  STEPS_TO_THE_END,
  saving,
  slots,
  startDies,
  untilSaved,
} from './start-cancel.ts';
import { PERSONS } from './tasks.ts';

const isOver = hasEnded('g-1');
const isOverdue = (world: World) => clock.now - (executionOf(world, 'g-1')?.startedAt ?? clock.now) >= 900_000;
/** One of its two actions fails, so that people are to be told. */
const failing = runTo('update-goal-status', refuse(1));

/** Rule 4, requirement 8: whatever ends is settled once, and people are told once. */
const ENDS: Readonly<Record<string, Scenario>> = {
  'settle-timeout': scenario(failing, { events: 2 }, end('TIMED_OUT')),
  'settle-timeout-sweep': scenario(
    failing,
    {},
    ({ actors }) => {
      clock.now += 884_000;
      for (const actor of actors) actor.deadline += 884_000;
    },
    tick(17),
    end('TIMED_OUT', isOverdue),
    tick(12, hasStopped),
    sweep('sweep', hasStopped),
  ),
  /** The machine is to tell people, and the sweep comes meanwhile. */
  'notify-sweep': scenario(failing, {}, tick(11), 'sweep'),
  'all-failed': scenario(runTo('update-goal-status', refuse(0, 1)), {}, end('ABORTED'), 'retry'),
  'timeout-retry': scenario(
    saving,
    { atomic: [...AROUND_SAVES, 'validate-input', 'update-goal-status'] },
    end('TIMED_OUT'),
    'retry',
  ),
  'timeout-cancel': scenario(saving, untilSaved, end('TIMED_OUT'), 'cancel'),
  'event-sweep-status': scenario(failing, {}, hasTimedOut, 'sweep status'),
  leases: scenario(failing, {}, hasTimedOut, 'sweep', tick(61)),
  /** Each call of the sweep takes nearly as long as its client allows: together longer than a lease. */
  'leases-late': scenario(failing, { sweepCallSeconds: 13 }, hasTimedOut, 'sweep'),
  'orphan-settle': scenario(
    failing,
    { faults: 2, modes: ['orphan', 'crashAfter'], retries: 0, atomic: [...STEPS, 'validate-input'] },
    'retry',
  ),
};

const ai: Partial<Bounds> = { generates: true, everything: true };
/** Here it matters when the actions are read. */
const AFTER_READING = ['create-batches', 'update-progress', 'aggregate-results'] as const;

/** A person changes an action: tasks are made of the text that it has, or the change is refused. */
const CHANGES: Readonly<Record<string, Scenario>> = {
  'start-change': scenario(
    before(ofOneAction),
    { ...ai, atomic: [...AFTER_READING, 'save-tasks', 'update-goal-status'] },
    'start change',
  ),
  /** Between a run that failed and its retry. */
  'retry-change': scenario(
    failing,
    { ...ai, atomic: [...AFTER_READING, 'save-tasks'] },
    'retry',
    change('change', 'ga1'),
  ),
  /** A cancel takes the tasks back; then the action may be changed. */
  'cancel-change': scenario(
    runTo('save-tasks', ofOneAction),
    { ...ai, atomic: [...AFTER_READING, 'update-goal-status', 'validate-input'] },
    'cancel change',
  ),
};

/** Two batches, here of one action each, whose ends write the progress of one record. */
const BATCHES: Readonly<Record<string, Scenario>> = {
  'two-batches': scenario(saving, { batchSize: 1 }),
  'two-batches-cancel': scenario(
    saving,
    { batchSize: 1, atomic: [...LOADS, 'aggregate-results', 'update-goal-status'] },
    'cancel',
  ),
  /** Step Functions gives a step up that goes on, and tries it again, or the SDK sends a write again. */
  'late-steps': scenario(runTo('validate-input'), {
    faults: 2,
    modes: ['orphan', 'echo', 'lost'],
    atomic: ['get-actions', 'save-tasks', 'update-goal-status'],
  }),
};

/** The grace of a start is over. */
const isLate = (world: World) => clock.now > BEGINNING && recordNamed(world, 'g-1') !== undefined;
const stale: Partial<Bounds> = { stales: 2, atomic: STEPS_TO_THE_END };

/** Reads that are a little behind: indexes and DescribeExecution are eventually consistent. */
const READS: Readonly<Record<string, Scenario>> = {
  'lagging-index': scenario(failing, { lags: 2, atomic: STEPS }, end('TIMED_OUT'), tick(915), 'sweepA sweepB'),
  'stale-start': scenario(draft, { ...stale, ...startDies }, 'startA startB', end('ABORTED')),
  'stale-repair': scenario(draft, stale, 'start', tick(11), 'sweep', end('ABORTED')),
  'stale-read': scenario(draft, stale, 'start', tick(11), status('status', isLate), end('ABORTED')),
  'stale-report': scenario(failing, { stales: 2 }, tick(11), tick(11, hasStopped), 'sweepA sweepB'),
};

const settling = runTo('update-goal-status');
const sweepWhenOver = [tick(11, isOver), sweep('sweep', isOver)] as const;

/** Once the record is handed to it. */
const archiveLater = archive('archive', isUnarchived);

/** Requirement 13: whatever ends is in the archive with its last words, once, and only then leaves the index. */
const ARCHIVES: Readonly<Record<string, Scenario>> = {
  /** The last step hands the record over, and its status event comes late, and twice. */
  'archive-end': scenario(settling, { events: 2, atomic: STEPS }, 'archive', end('ABORTED', isOver)),
  /** The event, or the machine, tells people; the sweep looks whether it did. */
  'archive-sweep': scenario(failing, { atomic: STEPS }, end('TIMED_OUT'), ...sweepWhenOver, archive('archive', isOver)),
  /** Who noted that metrics are sent gets no answer, and gives them back: the record returns to the sweep. */
  'archive-given-back': scenario(
    settling,
    { faults: 1, modes: ['lost'], events: 0, atomic: STEPS },
    archiveLater,
    ...sweepWhenOver,
  ),
  /** A status read finds that the run has not begun, and says that it tries a repair when all is over. */
  'archive-status': scenario(draft, slots, 'start', tick(11), 'status', archiveLater),
  'two-archivers': scenario(
    { ...settling, until: isUnarchived },
    { faults: 1, modes: ['crashBefore', 'crashAfter', 'fail', 'lost', 'echo'], events: 0, atomic: STEPS },
    'archiveA archiveB',
  ),
  'archive-lagging-index': scenario(
    settling,
    { lags: 2, events: 0, atomic: STEPS },
    archive('archiveA', isOver),
    archive('archiveB', isOver),
    ...sweepWhenOver,
  ),
  'archive-cancel': scenario(
    aggregating,
    { atomic: STEPS_TO_THE_END },
    'cancel',
    ...sweepWhenOver,
    archive('archive', isOver),
  ),
};

const everything: Partial<Bounds> = {
  ...ai,
  faults: 2,
  modes: MODES.filter((mode) => mode !== 'deny'),
  opens: 1,
  lags: 1,
  stales: 1,
  events: 2,
  waits: true,
  atomic: [],
};
const others = ['retry status sweep check add again', archiveLater] as const;

/** Too much to try it all: schedules are drawn from a seed, with faults. */
export const DRAWN: Readonly<Record<string, Scenario>> = {
  all: scenario(before(refuse(1)), everything, 'startA startB cancel', ...others, tick(11), tick(61), end('ABORTED')),
  'all-timeout': scenario(
    before(refuse(1)),
    everything,
    'startA',
    cancel('cancel', 'g-2'),
    'retryA retryB',
    'status sweepA sweepB',
    archiveLater,
    ...[11, 890, 11].map((seconds) => tick(seconds)),
    end('TIMED_OUT'),
    end('TIMED_OUT', undefined, 'g-2'),
  ),
  'all-cancel': scenario(
    draft,
    everything,
    'startA startB startC cancelA cancelB',
    cancel('cancelC', 'g-2'),
    ...others,
    tick(11),
  ),
};

/** The schedules of the others are tried one after the other, up to a number of preemptions. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ...STARTS,
  ...CANCELS,
  ...ENDS,
  ...CHANGES,
  ...EDITS,
  ...PERSONS,
  ...BATCHES,
  ...READS,
  ...ARCHIVES,
  ...DRAWN,
};

/** @throws Error that says which there are */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS[name];
  if (found === undefined) throw new Error(`scenarios: ${Object.keys(SCENARIOS).join(' ')}`);
  return found;
}
