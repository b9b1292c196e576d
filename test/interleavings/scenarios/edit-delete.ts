import { field } from '../world/answer.ts';
import type { Bounds } from '../world/bounds.ts';
import { LIST, request } from '../world/request.ts';
import type { World } from '../world/world.ts';
import { before, change, hasEnded, invoke, later, refuse, runTo, type Scenario, scenario } from './scenario.ts';
import { AROUND_SAVES, STEPS_TO_THE_END } from './start-cancel.ts';

const goalOf = ({ db }: World) => db.items.get('goals|g|GOAL');
const versionOf = (world: World) => Number(field(goalOf(world), 'version'));
const isThere = (world: World) => goalOf(world) !== undefined;

/** A person who has just read the goal leaves out its first action, and adds another one. */
const edit = (id: string) =>
  later(`begin ${id}`, isThere, (world) => {
    const version = versionOf(world);
    const actions = [
      { actionId: 'ga1', title: `Other text of ${id}`, type: 'execution' },
      { title: `New of ${id}, after version ${version}`, type: 'execution' },
    ];
    world.invoke(id, 'goals', request('PATCH /api/goals/{goalId}', { goalId: 'g' }, { version, actions }));
  });

/** A person who has just read the goal deletes it. */
const deleteGoal = (id: string) =>
  later(`begin ${id}`, isThere, (world) => {
    const version = { version: String(versionOf(world)) };
    world.invoke(id, 'goals', request('DELETE /api/goals/{goalId}', { goalId: 'g' }, undefined, version));
  });

/** A person looks at all goals. */
const list = (id: string) => invoke(id, 'goals', LIST);

/** The run of an execution does not matter, but when its end comes. */
const people: Partial<Bounds> = { everything: true, atomic: [...STEPS_TO_THE_END, 'validate-input'] };
const dying: Partial<Bounds> = { ...people, faults: 1, modes: ['crashBefore', 'crashAfter', 'lost'] };

/** One of two actions has tasks, the other one has failed. */
const partial = { ...runTo('update-goal-status', refuse(1)), until: hasEnded('g-1') };
/** Both have tasks. */
const active = { ...runTo('update-goal-status'), until: hasEnded('g-1') };

/** Nobody who edits or deletes a goal, and nobody who starts it meanwhile, loses anything, whoever dies. */
export const EDITS: Readonly<Record<string, Scenario>> = {
  'start-edit': scenario(before(), people, 'start', edit('edit')),
  'two-edits': scenario(active, people, edit('editA'), edit('editB'), list('list')),
  'edit-change': scenario(partial, people, edit('edit'), change('change', 'ga1')),
  'edit-dies': scenario(active, dying, edit('edit'), list('list'), 'start'),
  'start-delete': scenario(before(), people, 'start', deleteGoal('delete')),
  'settle-delete': scenario(
    runTo('update-goal-status'),
    { everything: true, atomic: AROUND_SAVES },
    deleteGoal('delete'),
  ),
  'retry-delete-edit': scenario(partial, people, 'retry', deleteGoal('delete'), edit('edit')),
  'delete-dies': scenario(active, dying, deleteGoal('deleteA'), deleteGoal('deleteB'), list('list')),
};
