import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { cancellationCodes, type Database } from '@goal-activity/core/aws/database.ts';
import { BatchTimeout, PermanentError } from '@goal-activity/core/errors.ts';
import { getOutcome } from '@goal-activity/core/execution/executions.ts';
import { actionKey } from '@goal-activity/core/goal/goals.ts';
import { taskKey } from '@goal-activity/core/goal/tasks.ts';
import type { ActionResult } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;

/**
 * One transaction for an action: its outcome `PENDING → SAVED` and its tasks, all or nothing (requirement 5). The
 * condition on the outcome is the fence of rule 2: once a cancel or an end has changed it, a late save is refused.
 */
export function saveRequest(db: Database, input: Input, now: Date): TransactWriteCommandInput {
  const { executionArn, goalId, actionId, position, tasks, usage } = input;
  return {
    TransactItems: [
      {
        Update: {
          TableName: db.executions,
          Key: { executionArn, sk: actionKey(position) },
          UpdateExpression: 'SET outcome = :saved, taskCount = :taskCount, #usage = :usage, updatedAt = :now',
          ConditionExpression: 'outcome = :pending AND actionId = :actionId',
          ExpressionAttributeNames: { '#usage': 'usage' },
          ExpressionAttributeValues: {
            ':saved': 'SAVED',
            ':pending': 'PENDING',
            ':actionId': actionId,
            ':taskCount': tasks.length,
            ':usage': usage,
            ':now': now.toISOString(),
          },
        },
      },
      ...tasks.map((task, index) => ({
        Put: {
          TableName: db.tasks,
          Item: {
            goalId,
            sk: taskKey(actionId, index),
            taskId: taskKey(actionId, index),
            actionId,
            executionArn,
            ...task,
            status: 'not_started',
            createdAt: now.toISOString(),
          },
        },
      })),
    ],
  };
}

/**
 * Saves the tasks of one action.
 * @param batchTimeoutMs requirement 4: what is not saved this long after its batch began has failed
 * @returns the action's result; the same when its own earlier attempt had saved already (rule 3)
 * @throws BatchTimeout, PermanentError (cancelled or ended meanwhile), or the database's error
 */
export async function saveTasks(db: Database, input: Input, batchTimeoutMs: number, now: Date): Promise<ActionResult> {
  const { executionArn, actionId, position, tasks, batchStartedAt } = input;
  const late = now.getTime() >= Date.parse(batchStartedAt) + batchTimeoutMs;
  if (!late) {
    try {
      await db.client.send(new TransactWriteCommand(saveRequest(db, input, now)));
      return { actionId, position, outcome: 'SAVED', taskCount: tasks.length };
    } catch (thrown) {
      if (!cancellationCodes(thrown)?.includes('ConditionalCheckFailed')) throw thrown;
    }
  }
  const row = await getOutcome(db, executionArn, position);
  if (row?.actionId === actionId && row.outcome === 'SAVED') {
    return { actionId, position, outcome: 'SAVED', taskCount: row.taskCount };
  }
  if (late) throw new BatchTimeout('The time of the batch was over before the tasks were saved');
  throw new PermanentError(`The action is ${row?.outcome ?? 'not part of this execution'}: its tasks were not saved`);
}
