import type { Database } from '@goal-activity/core/aws/database.ts';
import { listActions } from '@goal-activity/core/goal/rows.ts';
import type { ActionRow } from '@goal-activity/core/types.ts';
import { readTasks, type taskAnswer } from './goals.ts';

/** The media type of CSV (RFC 4180). */
export const CSV = 'text/csv';

/** A column: its name, and what a task has in it. */
type Column = readonly [name: string, of: (task: ReturnType<typeof taskAnswer>, action: ActionRow) => string | number];

const COLUMNS: readonly Column[] = [
  ['taskId', (task) => task.taskId],
  ['actionId', (task) => task.actionId],
  ['subGoal', (_, action) => action.subGoal ?? ''],
  ['action', (_, action) => action.title],
  ['title', (task) => task.title],
  ['description', (task) => task.description],
  ['type', (task) => task.type],
  ['estimatedMinutes', (task) => task.estimatedMinutes],
  ['status', (task) => task.status],
  ['changedAt', (task) => task.changedAt ?? ''],
];

/**
 * With one of these in front, a spreadsheet takes a cell for a formula, which may send what is in the table elsewhere
 * (OWASP ASVS 5.0, 1.2.10); in Japanese editions also in full width.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A field of RFC 4180; an apostrophe in front makes a spreadsheet show a text as it is. */
function fieldOf(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const lineOf = (fields: readonly (string | number)[]) => `${fields.map(fieldOf).join(',')}\r\n`;

/** Tasks as CSV with a header (docs/openapi.yaml, `listTasks`), in the order of their actions; those of no action are left out. */
export function csvOf(actions: readonly ActionRow[], tasks: readonly ReturnType<typeof taskAnswer>[]): string {
  const lines = actions.flatMap((action) =>
    tasks
      .filter(({ actionId }) => actionId === action.actionId)
      .map((task) => lineOf(COLUMNS.map(([, of]) => of(task, action)))),
  );
  return [lineOf(COLUMNS.map(([name]) => name)), ...lines].join('');
}

/** All tasks of a goal as CSV. @throws Problem goal_not_found */
export async function readTasksAsCsv(db: Database, goalId: string, userId: string): Promise<string> {
  const { tasks } = await readTasks(db, goalId, userId);
  return csvOf(await listActions(db, goalId), tasks);
}
