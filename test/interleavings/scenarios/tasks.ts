import type { Bounds } from '../world/bounds.ts';
import {
  againTo,
  before,
  cancel,
  check,
  hasEnded,
  remove,
  type Scenario,
  scenario,
  start,
  uncounted,
} from './scenario.ts';
import { AROUND_SAVES, aggregating, LOADS, saving } from './start-cancel.ts';

/** The steps before the last but one matter little: what they have saved is there. */
const aroundCancel: Partial<Bounds> = {
  events: 0,
  atomic: [...LOADS, 'update-progress', 'save-tasks', 'update-goal-status'],
};
/** GenerateTasks says what is replaced. */
const isMadeAgain: Partial<Bounds> = { generates: true, atomic: [...AROUND_SAVES, 'generate-tasks', 'validate-input'] };
const againSaving = againTo('save-tasks');

/** Rule 8: what a person has done to a task stays, whatever is saved, settled, replaced or taken back at that moment. */
export const PERSONS: Readonly<Record<string, Scenario>> = {
  'check-cancel': scenario(aggregating, aroundCancel, 'cancel check'),
  'check-save-cancel': scenario(saving, { ...aroundCancel, atomic: AROUND_SAVES }, 'cancel check'),
  'remove-add-cancel': scenario(aggregating, aroundCancel, 'cancel remove add'),
  /** The goal is from before its tasks were counted: whoever comes first begins to. */
  uncounted: scenario(
    { ...before(start('first')), until: hasEnded('g-1') },
    { atomic: [...AROUND_SAVES, 'save-tasks', 'validate-input', 'update-goal-status'] },
    uncounted,
    'check remove again',
  ),
  'check-remove': scenario(aggregating, { atomic: AROUND_SAVES }, check('check'), remove('remove', 'ga0#1-0')),
  /** Queries see half of the transaction of a save. */
  'torn-save-cancel': scenario(
    saving,
    { events: 0, opens: 1, torn: 1, atomic: [...AROUND_SAVES, 'update-goal-status'] },
    'cancel',
  ),
  'again-check': scenario(againSaving, isMadeAgain, 'check'),
  'again-cancel': scenario(againSaving, isMadeAgain, cancel('cancel', 'g-2'), 'check'),
  'again-cancels': scenario(
    againSaving,
    { ...isMadeAgain, events: 0 },
    cancel('cancelA', 'g-2'),
    cancel('cancelB', 'g-2'),
  ),
  'again-orphan': scenario(againSaving, { ...isMadeAgain, faults: 1, modes: ['orphan', 'lost', 'echo'] }, 'check'),
  'again-retry': scenario(aggregating, { atomic: [...AROUND_SAVES, 'save-tasks', 'validate-input'] }, 'again retry'),
};
