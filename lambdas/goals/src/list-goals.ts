import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { bestEffort } from '@goal-activity/core/aws/best-effort.ts';
import { parse } from '@goal-activity/core/aws/boundary.ts';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { GOAL } from '@goal-activity/core/goal/rows.ts';
import { readCounts } from '@goal-activity/core/goal/task-counts.ts';
import type { Cursors } from '@goal-activity/core/http/cursor.ts';
import type { Log } from '@goal-activity/core/log/logger.ts';
import { goalRow } from '@goal-activity/core/validators.generated.js';
import { goalSummary } from './goals.ts';
import { finishDeletion } from './removal/deletion.ts';
import { finishRemoval, removedActions } from './removal/removed-actions.ts';
import * as validators from './validators.generated.js';

/** Finishes what an interrupted change or deletion of a goal has left, as far as possible; the next list tries again. */
async function finishLeftOver(db: Database, row: Record<string, unknown>, log: Pick<Log, 'warn'>): Promise<void> {
  const { goalId, userId } = parse(validators.listedRow, row, 'A row of the index of goals');
  const isDeleted = row.sk !== GOAL;
  if (!isDeleted && removedActions(row).length === 0) return;
  const finish = () => (isDeleted ? finishDeletion(db, goalId, userId) : finishRemoval(db, goalId));
  await bestEffort(log, 'what is left of a goal could not be removed', { goalId }, finish);
}

/**
 * A page of a user's goals, newest first. What a change or a deletion of one of them has left undone is done first.
 * @throws Problem invalid_request when the cursor is not one that was given to this user
 */
export async function listGoals(
  db: Database,
  userId: string,
  limit: number,
  cursor: string | undefined,
  cursors: Cursors,
  log: Pick<Log, 'warn'>,
) {
  const scope = ['goals', userId];
  const start = cursor === undefined ? undefined : await cursors.read(scope, cursor, validators.goalCursor);
  const { Items = [], LastEvaluatedKey } = await db.client.send(
    new QueryCommand({
      TableName: db.goals,
      IndexName: 'byUser',
      KeyConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey: start && { sk: GOAL, ...start, userId },
    }),
  );
  const { goalId, createdAt, sk } = LastEvaluatedKey ?? {};
  await Promise.all(Items.map((row) => finishLeftOver(db, row, log)));
  const goals = Items.filter(({ sk }) => sk === GOAL).map((item) => parse(goalRow, item, 'A goal row'));
  return {
    items: await Promise.all(goals.map(async (goal) => goalSummary(goal, await readCounts(db, goal)))),
    nextCursor: LastEvaluatedKey ? await cursors.write(scope, { goalId, createdAt, sk }) : null,
  };
}
