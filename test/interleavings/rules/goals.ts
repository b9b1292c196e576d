import type { Write } from '../model/dynamo.ts';
import type { Answer } from '../world/actor.ts';
import { field, text } from '../world/answer.ts';
import type { World } from '../world/world.ts';
import { actionsIn, deletedIn, goalsIn, tasksIn } from './rows.ts';

const hasGoal = ({ db }: World, goalId: unknown) => db.items.has(`goals|${goalId}|GOAL`);

/** What each write must keep of goals and what belongs to them, whoever edits or deletes them meanwhile. */
export function checkGoalWrite(world: World, { key, before, after }: Write): void {
  const by = world.writer?.id;
  // Without a writer, the world is being made.
  if (by === undefined) return;
  const readVersion = /, after version (\d+)$/.exec(String(after?.title))?.[1];
  if (readVersion !== undefined && key.startsWith('goals|') && before?.title !== after?.title) {
    const { version } = world.db.items.get(`goals|${after?.goalId}|GOAL`) ?? {};
    if (version !== Number(readVersion) + 1) world.breaks('unread-change-undone', `${key}: ${version} by ${by}`);
  }
  if ((before === undefined) === (after === undefined)) return;
  if (key.startsWith('tasks|') && after !== undefined && !hasGoal(world, after.goalId)) {
    world.breaks('task-without-goal', `${key} by ${by}`);
  }
  if (!key.startsWith('goals|') || !key.endsWith('|GOAL')) return;
  if (after !== undefined) world.breaks('goal-comes-back', `${key} by ${by}`);
  if (before?.status === 'processing') world.breaks('deleted-while-it-runs', `${key} by ${by}`);
}

/** What a person who edits or deletes a goal is told must be true when it is told. */
export function checkGoalAnswer(world: World, { actor, status, body, summary }: Answer): void {
  if (actor.lambda !== 'goals') return;
  const goal = world.db.items.get('goals|g|GOAL');
  if (actor.id.startsWith('delete') && status === 204 && goal !== undefined) world.breaks('204-with-goal', actor.id);
  if (actor.id.startsWith('edit') && status === 200 && goal?.version === field(body, 'version')) {
    const told = [field(body, 'actions')].flat().map((action) => text(action, 'title'));
    const titles = actionsIn(world).map(({ title }) => title);
    if (titles.join() !== told.join()) world.breaks('200-without-edit', summary);
  }
  if (actor.id.startsWith('change') && status === 200) {
    const action = actionsIn(world).find(({ actionId }) => actionId === text(body, 'actionId'));
    if (action !== undefined && action.title !== text(body, 'title')) world.breaks('200-without-change', summary);
  }
}

/** What is left of deleted goals and removed actions, once their user has listed goals for the last time. */
export const leftOfGoals = (world: World) => [
  ...deletedIn(world),
  ...goalsIn(world).filter(({ removedActionIds }) => removedActionIds !== undefined),
];

/** What holds of goals once all is over. */
export function checkGoalsEnd(world: World): void {
  for (const { goalId, sk } of [...leftOfGoals(world), ...actionsIn(world), ...tasksIn(world)]) {
    if (!hasGoal(world, goalId) || sk === 'GOAL') world.breaks('left-of-goal', `${goalId} ${sk}`);
  }
  for (const { goalId, actionCount } of goalsIn(world)) {
    const isOfGoal = (row: { readonly goalId?: unknown }) => row.goalId === goalId;
    const positions = actionsIn(world)
      .filter(isOfGoal)
      .map(({ position }) => position);
    if (positions.some((position, at) => position !== at) || positions.length !== actionCount) {
      world.breaks('positions', `${goalId}: ${positions} of ${actionCount}`);
    }
    const known = new Set(actionsIn(world).map(({ actionId }) => actionId));
    for (const { sk, actionId } of tasksIn(world).filter(isOfGoal))
      if (!known.has(actionId)) world.breaks('task-without-action', String(sk));
  }
}
