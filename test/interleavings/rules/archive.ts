import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../model/items.ts';
import { field, text } from '../world/answer.ts';
import type { World } from '../world/world.ts';
import { recordOf } from './rows.ts';

export interface ObjectWrite {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** Where an execution is in the archive: by goal, day of its start and name. */
const keyOf = ({ goalId, startedAt, name }: Item) =>
  `executions/goalId=${goalId}/date=${String(startedAt).slice(0, 10)}/${name}.json`;

/** What finds rows in the table, says who is at work on them, or was kept for a cancel: an object is to say all else. */
const HIDDEN = ['sk', 'runningShard', 'metricsBy', 'notifyBy', 'notifyClaimedAt', 'repairTriedAt', 'replaced'];
const contentOf = (row: Item): Item =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !HIDDEN.includes(name)));

const isDue = ({ notify, metrics }: Item) => notify === 'pending' || notify === 'machine' || metrics === 'pending';

/** An object is written of an execution that has ended, once. */
export function checkObject(world: World, { key, before, after }: ObjectWrite): void {
  const by = world.writer?.id;
  const archived: unknown = JSON.parse(after);
  const execution = field(archived, 'execution');
  const now = recordOf(world, text(execution, 'executionArn'));
  if (now?.status === 'RUNNING' || text(execution, 'status') === 'RUNNING') {
    world.breaks('archived-while-running', `${key} by ${by}`);
  }
  if (before !== undefined && before !== after) world.breaks('object-replaced', `${key} by ${by}`);
}

/** A record leaves the index when its object is there, and nothing is due of it. */
export function checkLeaving(world: World, before: Item, after: Item): void {
  if (before.runningShard === undefined || after.runningShard !== undefined) return;
  const by = `${after.executionArn} by ${world.writer?.id}`;
  if (!world.objects.has(keyOf(after))) world.breaks('left-the-index-unarchived', by);
  if (isDue(after)) world.breaks('left-the-index-while-due', by);
}

/** In the end an execution is in the archive as it is in the table, and in no part of the index. */
export function checkArchived(world: World, record: Item, outcomes: readonly Item[]): void {
  const arn = String(record.executionArn);
  if (record.runningShard !== undefined) world.breaks('still-in-the-index', `${arn}: ${record.runningShard}`);
  const body = world.objects.get(keyOf(record));
  if (body === undefined) {
    world.breaks('not-archived', arn);
    return;
  }
  const archived: unknown = JSON.parse(body);
  const archivedOutcomes = field(archived, 'outcomes');
  const expected = {
    execution: contentOf(record),
    outcomes: outcomes.map((row, index) => asArchived(contentOf(row), field(archivedOutcomes, String(index)))),
  };
  if (!isDeepStrictEqual(archived, JSON.parse(JSON.stringify(expected)))) {
    world.breaks('archived-otherwise', `${arn}: ${body}, not ${JSON.stringify(expected)}`);
  }
}

/** An AI call that outlives its execution notes that it failed, and what it took, on the outcome: maybe after it was archived. */
function asArchived({ failedAttempts, ...row }: Item, archived: unknown): Item {
  const known: object = Object(field(archived, 'failedAttempts'));
  const attempts = Object.entries(Object(failedAttempts)).filter(([name]) => name in known);
  return { ...row, failedAttempts: Object.fromEntries(attempts) };
}
