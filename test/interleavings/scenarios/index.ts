import { BEGINNING, clock } from '../stand-ins/time.ts';
import { type Bounds, MODES } from '../world/bounds.ts';
import type { World } from '../world/world.ts';
import {
  archive,
  before,
  cancel,
  change,
  end,
  executionOf,
  failingRunTo,
  hasEnded,
  hasStopped,
  hasTimedOut,
  isUnarchived,
  ofOneAction,
  recordNamed,
  refuse,
  retry,
  runTo,
  type Scenario,
  scenario,
  start,
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
  startDies,
  untilSaved,
} from './start-cancel.ts';

const isOver = hasEnded('g-1');
const isOverdue = (world: World) => clock.now - (executionOf(world, 'g-1')?.startedAt ?? clock.now) >= 900_000;
const failing = failingRunTo('update-goal-status');

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
  'notify-sweep': scenario(failing, {}, tick(11), sweep('sweep')),
  'all-failed': scenario(runTo('update-goal-status', refuse(0, 1)), {}, end('ABORTED'), retry('retry')),
  'timeout-retry': scenario(
    saving,
    { atomic: [...AROUND_SAVES, 'validate-input', 'update-goal-status'] },
    end('TIMED_OUT'),
    retry('retry'),
  ),
  'timeout-cancel': scenario(saving, untilSaved, end('TIMED_OUT'), cancel('cancel')),
  'event-sweep-status': scenario(failing, {}, hasTimedOut, sweep('sweep'), status('status')),
  leases: scenario(failing, {}, hasTimedOut, sweep('sweep'), tick(61)),
  /** Each call of the sweep takes nearly as long as its client allows: together longer than a lease. */
  'leases-late': scenario(failing, { sweepCallSeconds: 13 }, hasTimedOut, sweep('sweep')),
  'orphan-settle': scenario(
    failing,
    { faults: 2, modes: ['orphan', 'crashAfter'], retries: 0, atomic: [...STEPS, 'validate-input'] },
    retry('retry'),
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
    start('start'),
    change('ga0'),
  ),
  /** Between a run that failed and its retry. */
  'retry-change': scenario(failing, { ...ai, atomic: [...AFTER_READING, 'save-tasks'] }, retry('retry'), change('ga1')),
  /** A cancel takes the tasks back; then the action may be changed. */
  'cancel-change': scenario(
    runTo('save-tasks', ofOneAction),
    { ...ai, atomic: [...AFTER_READING, 'update-goal-status', 'validate-input'] },
    cancel('cancel'),
    change('ga0'),
  ),
};

/** Two batches, here of one action each, whose ends write the progress of one record. */
const BATCHES: Readonly<Record<string, Scenario>> = {
  'two-batches': scenario(saving, { batchSize: 1 }),
  'two-batches-cancel': scenario(
    saving,
    { batchSize: 1, atomic: [...LOADS, 'aggregate-results', 'update-goal-status'] },
    cancel('cancel'),
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
  'lagging-index': scenario(
    failing,
    { lags: 2, atomic: STEPS },
    end('TIMED_OUT'),
    tick(915),
    sweep('sweepA'),
    sweep('sweepB'),
  ),
  'stale-start': scenario(draft, { ...stale, ...startDies }, start('startA'), start('startB'), end('ABORTED')),
  'stale-repair': scenario(draft, stale, start('start'), tick(11), sweep('sweep'), end('ABORTED')),
  'stale-read': scenario(draft, stale, start('start'), tick(11), status('status', isLate), end('ABORTED')),
  'stale-report': scenario(failing, { stales: 2 }, tick(11), tick(11, hasStopped), sweep('sweepA'), sweep('sweepB')),
};

const settling = runTo('update-goal-status');
const sweepWhenOver = [tick(11, isOver), sweep('sweep', isOver)] as const;

/** Requirement 13: whatever ends is in the archive with its last words, once, and only then leaves the index. */
const ARCHIVES: Readonly<Record<string, Scenario>> = {
  /** The last step hands the record over, and its status event comes late, and twice. */
  'archive-end': scenario(settling, { events: 2, atomic: STEPS }, archive('archive'), end('ABORTED', isOver)),
  /** The event, or the machine, tells people; the sweep looks whether it did. */
  'archive-sweep': scenario(failing, { atomic: STEPS }, end('TIMED_OUT'), ...sweepWhenOver, archive('archive', isOver)),
  /** Who noted that metrics are sent gets no answer, and gives them back: the record returns to the sweep. */
  'archive-given-back': scenario(
    settling,
    { faults: 1, modes: ['lost'], events: 0, atomic: STEPS },
    archive('archive', isUnarchived),
    ...sweepWhenOver,
  ),
  /** A status read finds that the run has not begun, and says that it tries a repair when all is over. */
  'archive-status': scenario(
    draft,
    { atomic: [...STEPS, 'validate-input', 'update-goal-status'] },
    start('start'),
    tick(11),
    status('status'),
    archive('archive', isUnarchived),
  ),
  'two-archivers': scenario(
    { ...settling, until: isUnarchived },
    { faults: 1, modes: ['crashBefore', 'crashAfter', 'fail', 'lost', 'echo'], events: 0, atomic: STEPS },
    archive('archiveA'),
    archive('archiveB'),
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
    cancel('cancel'),
    ...sweepWhenOver,
    archive('archive', isOver),
  ),
};

/** Scenarios whose schedules are tried one after the other, up to a number of preemptions. */
export const EXPLORED: Readonly<Record<string, Scenario>> = {
  ...STARTS,
  ...CANCELS,
  ...ENDS,
  ...CHANGES,
  ...BATCHES,
  ...READS,
  ...ARCHIVES,
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
const others = [retry('retry'), status('status'), sweep('sweep'), archive('archive', isUnarchived)] as const;

/** Too much to try it all: schedules are drawn from a seed, with faults. */
export const DRAWN: Readonly<Record<string, Scenario>> = {
  all: scenario(
    before(refuse(1)),
    everything,
    start('startA'),
    start('startB'),
    cancel('cancel'),
    ...others,
    tick(11),
    tick(61),
    end('ABORTED'),
  ),
  'all-timeout': scenario(
    before(refuse(1)),
    everything,
    start('startA'),
    cancel('cancel', 'g-2'),
    retry('retryA'),
    retry('retryB'),
    status('status'),
    sweep('sweepA'),
    sweep('sweepB'),
    archive('archive', isUnarchived),
    ...[11, 890, 11].map((seconds) => tick(seconds)),
    end('TIMED_OUT'),
    end('TIMED_OUT', undefined, 'g-2'),
  ),
  'all-cancel': scenario(
    draft,
    everything,
    ...['startA', 'startB', 'startC'].map((id) => start(id)),
    cancel('cancelA'),
    cancel('cancelB'),
    cancel('cancelC', 'g-2'),
    ...others,
    tick(11),
  ),
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = { ...EXPLORED, ...DRAWN };

/** @throws Error that says which there are */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS[name];
  if (found === undefined) throw new Error(`scenarios: ${Object.keys(SCENARIOS).join(' ')}`);
  return found;
}
