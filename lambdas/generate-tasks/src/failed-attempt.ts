import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { actionKey } from '@goal-activity/core/goal/rows.ts';
import type { FailedAttempt, Input } from './generate-tasks.ts';

/**
 * Notes on the outcome row that an attempt at its action failed, whatever has become of the action meanwhile. Sending it
 * again changes nothing.
 * @param attemptId of this attempt alone
 */
export const noteFailedAttemptRequest = (
  db: Database,
  { executionArn, position }: Pick<Input, 'executionArn' | 'position'>,
  attemptId: string,
  attempt: FailedAttempt,
  now: Date,
): UpdateCommandInput => ({
  TableName: db.executions,
  Key: { executionArn, sk: actionKey(position) },
  UpdateExpression: 'SET failedAttempts.#attemptId = :failed',
  ExpressionAttributeNames: { '#attemptId': attemptId },
  ExpressionAttributeValues: { ':failed': { at: now.toISOString(), ...attempt } },
});
