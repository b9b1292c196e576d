import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '@goal-activity/core/aws/boundary.ts';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { GOAL, getGoalWithActions } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import type { GoalRow } from '@goal-activity/core/types.ts';
import { goalRow } from '@goal-activity/core/validators.generated.js';
import { taskAnswer } from './goals.ts';

/** Goals of a user that are looked for open tasks, the newest; and of these, those whose tasks are read. */
const LOOKED_AT = 100;
const READ = 25;

const WITH_TASKS: ReadonlySet<string> = new Set<GoalRow['status']>(['active', 'partial', 'processing']);

/** Whether a goal may have an open task; tasks of an execution that runs are not counted yet. */
const mayHaveOpenTasks = ({ status, taskCount, doneTaskCount }: GoalRow) =>
  WITH_TASKS.has(status) && (status === 'processing' || (taskCount ?? 1) > (doneTaskCount ?? 0));

async function listCandidates(db: Database, userId: string): Promise<string[]> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.goals,
      IndexName: 'byUser',
      KeyConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
      ScanIndexForward: false,
      Limit: LOOKED_AT,
    }),
  );
  const goals = Items.filter(({ sk }) => sk === GOAL).map((item) => parse(goalRow, item, 'A goal row'));
  return goals
    .filter(mayHaveOpenTasks)
    .slice(0, READ)
    .map(({ goalId }) => goalId);
}

/** The open tasks of a goal, with what they are for; none of a goal that is not there any more, or of an action that was removed. */
async function openTasks(db: Database, goalId: string) {
  const [{ goal, actions }, tasks] = await Promise.all([getGoalWithActions(db, goalId), listTasks(db, goalId)]);
  if (goal === undefined) return [];
  const titles = new Map(actions.map(({ actionId, title }) => [actionId, title]));
  return tasks.flatMap((task) => {
    const actionTitle = titles.get(task.actionId);
    if (task.status === 'done' || actionTitle === undefined) return [];
    return [{ ...taskAnswer(task), goalId, goalTitle: goal.title, actionTitle, deadline: goal.deadline }];
  });
}

type OpenTask = Awaited<ReturnType<typeof openTasks>>[number];

/** After every day of a calendar. */
const NO_DEADLINE = '9999-99-99';

/** The shorter one first; of two alike that of the nearer deadline. */
const byLength = (one: OpenTask, other: OpenTask) =>
  one.estimatedMinutes - other.estimatedMinutes ||
  (one.deadline ?? NO_DEADLINE).localeCompare(other.deadline ?? NO_DEADLINE);

/**
 * The open habits of a user, and the shortest of the other open tasks, over all goals (docs/openapi.yaml, `getToday`). It
 * costs a query of an index, of a unit or two for each ten goals, and two queries for each goal that has open tasks, at most
 * 25: some 40 read units for one of 64 actions with 256 tasks.
 * @param limit how many of each
 */
export async function readToday(db: Database, userId: string, limit: number) {
  const goalIds = await listCandidates(db, userId);
  const open = (await Promise.all(goalIds.map((goalId) => openTasks(db, goalId)))).flat().sort(byLength);
  const first = (isWanted: (task: OpenTask) => boolean) => open.filter(isWanted).slice(0, limit);
  return { habits: first(({ type }) => type === 'habit'), tasks: first(({ type }) => type !== 'habit') };
}
