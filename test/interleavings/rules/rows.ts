import type { Item } from '../model/items.ts';
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

export const recordOf = ({ db }: World, executionArn: string) => db.items.get(`executions|${executionArn}|EXECUTION`);
