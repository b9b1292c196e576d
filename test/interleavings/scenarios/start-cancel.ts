import type { Bounds } from '../world/bounds.ts';
import type { Lambda } from '../world/lambdas.ts';
import type { World } from '../world/world.ts';
import {
  before,
  cancel,
  executionOf,
  type From,
  retryTo,
  runTo,
  type Scenario,
  scenario,
  seedGoal,
  start,
  tick,
} from './scenario.ts';

export const LOADS = ['get-actions', 'create-batches'] as const;
/** The steps between the start of a run and its settlement that call the database, without the saves. */
export const AROUND_SAVES = [...LOADS, 'update-progress', 'aggregate-results'] as const;
export const STEPS: readonly Lambda[] = [...AROUND_SAVES, 'save-tasks'];
/** The run of an execution matters little where its start is looked at. */
export const STEPS_TO_THE_END: readonly Lambda[] = [...STEPS, 'update-goal-status'];

export const draft = before();
const startsAlone: Partial<Bounds> = { atomic: STEPS_TO_THE_END };
export const untilSaved: Partial<Bounds> = { atomic: [...LOADS, 'update-progress'] };
const denied: Partial<Bounds> = { faults: 1, modes: ['deny'], atomic: STEPS_TO_THE_END };
export const startDies: Partial<Bounds> = { faults: 1, modes: ['crashBefore', 'crashAfter'], atomic: STEPS_TO_THE_END };

const startOf = (goal: string) => start(`start-${goal}`, goal);
/** Runs of other goals have ended, so that their slots are there to be freed. */
const afterRunsOf = (...goals: readonly string[]): From => ({
  prepare: (world) => {
    for (const goalId of ['g', 'h', 'i', 'j']) seedGoal(world, goalId);
    for (const goal of goals) startOf(goal)(world);
  },
  until: (world) => goals.every((goalId) => executionOf(world, `${goalId}-1`)?.status === 'SUCCEEDED'),
});
/** The run of an execution does not matter. */
export const slots: Partial<Bounds> = { atomic: [...STEPS_TO_THE_END, 'validate-input'] };

/** Rule 1: a goal has one running execution, and a user no more than are allowed. */
export const STARTS: Readonly<Record<string, Scenario>> = {
  'two-starts': scenario(draft, untilSaved, 'startA startB'),
  'two-starts-grace': scenario(draft, startsAlone, 'startA startB', tick(11)),
  'start-cancel': scenario(draft, untilSaved, 'start cancel'),
  'start-cancel-start': scenario(draft, startsAlone, 'startA cancel startB'),
  'start-sweep-cancel': scenario(draft, startsAlone, 'start', tick(11), 'sweep cancel'),
  'two-starts-denied': scenario(draft, denied, 'startA startB'),
  /** It dies somewhere, and nobody asks again: the sweep starts what was claimed. */
  'start-dies': scenario(draft, startDies, 'start'),
  'start-denied': scenario(draft, denied, 'startA', tick(11), 'startB status'),
  'start-denied-cancel': scenario(draft, denied, 'start', tick(11), 'sweep cancel'),
  slots: scenario(afterRunsOf('g', 'h'), slots, startOf('i'), startOf('j')),
  'slots-three': scenario(afterRunsOf('g'), slots, startOf('h'), startOf('i'), startOf('j')),
};

const isHeld = ({ db }: World) => db.items.get('goals|g|GOAL')?.status === 'processing';
export const saving = runTo('save-tasks');
export const aggregating = runTo('aggregate-results');
const STARTS_AND_ENDS = ['start-workflow', 'validate-input', 'update-goal-status', 'handle-error'] as const;
const savesAndSettles: Partial<Bounds> = { atomic: AROUND_SAVES };

/** Rules 2, 3, 6 and 7: no task of a cancelled execution, no lost or doubled save, nothing of others wiped. */
export const CANCELS: Readonly<Record<string, Scenario>> = {
  'save-cancel': scenario(saving, { events: 2, atomic: [...LOADS, 'aggregate-results'] }, 'cancel'),
  'save-two-cancels': scenario(saving, savesAndSettles, 'cancelA cancelB'),
  'save-cancel-start': scenario(saving, { atomic: [...AROUND_SAVES, 'validate-input'] }, 'cancel startB'),
  'settle-cancel': scenario(aggregating, {}, 'cancel'),
  'retry-cancel': scenario(retryTo('save-tasks'), {}, cancel('cancel', 'g-2')),
  /** Queries see half of a cancel's transaction; the next start must not take what is left for done. */
  'torn-cancel': scenario(
    aggregating,
    { events: 0, opens: 1, torn: 1, atomic: [...LOADS, 'save-tasks', 'update-progress', ...STARTS_AND_ENDS] },
    'cancelA cancelB',
    start('startB', 'g', (world) => !isHeld(world)),
  ),
  /** A cancel that meets the transactions of saves. */
  'save-cancel-open': scenario(saving, { events: 0, opens: 1, ...savesAndSettles }, 'cancel'),
  /** Step Functions gives a save up that goes on, and tries it again. */
  'orphan-save': scenario(saving, { faults: 1, modes: ['orphan'] }),
  'orphan-save-cancel': scenario(
    saving,
    { faults: 1, modes: ['orphan'], atomic: [...LOADS, 'aggregate-results', 'update-goal-status'] },
    'cancel',
  ),
};
