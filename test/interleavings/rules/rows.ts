import type { Item } from '../model/items.ts';
import { field } from '../world/answer.ts';
import type { World } from '../world/world.ts';

const select = ({ db }: World, table: string, sort: string): Item[] => {
  const found: Item[] = [];
  for (const [key, item] of db.items) {
    if (key.startsWith(table) && key.includes(sort, table.length)) found.push(item);
  }
  return found;
};

export const goalsIn = (world: World) => select(world, 'goals|', '|GOAL');
/** Goals that are being deleted. */
export const deletedIn = (world: World) => select(world, 'goals|', '|DELETED');
export const actionsIn = (world: World) => select(world, 'goals|', '|ACTION#');
export const recordsIn = (world: World) => select(world, 'executions|', '|EXECUTION');
export const outcomesIn = (world: World) => select(world, 'executions|', '|ACTION#');
export const tasksIn = (world: World) => select(world, 'tasks|', '|');

/** Tasks that an execution has made, of all actions of a goal or of one. */
export const isMade = ({ executionArn }: Item) => executionArn !== undefined;
/** Made, and no person has changed it. */
export const isUntouched = (task: Item) => isMade(task) && task.changedAt === undefined;

/** How many tasks of an outcome are not there, and rightly so: a person has removed them, or others took their place. */
export function goneOf(world: World, { executionArn, actionId }: Item): number {
  const isOf = (task: unknown) => field(task, 'executionArn') === executionArn && field(task, 'actionId') === actionId;
  const replaced = outcomesIn(world).flatMap((row) => (Array.isArray(row.replaced) ? row.replaced : []));
  return [...replaced, ...world.removedByPerson.values()].filter(isOf).length;
}

export const recordOf = ({ db }: World, executionArn: string) => db.items.get(`executions|${executionArn}|EXECUTION`);
