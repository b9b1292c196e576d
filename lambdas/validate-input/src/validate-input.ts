import { ValidationError } from '@goal-activity/core/errors.ts';
import type { Executions } from '@goal-activity/core/execution/executions.ts';
import { isOpen } from '@goal-activity/core/execution/records.ts';
import { getGoal } from '@goal-activity/core/goal/rows.ts';
import type { Log } from '@goal-activity/core/log/logger.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema, outputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;

/**
 * Checks that this execution is the one that its goal was claimed for, by the goal's owner, and that it was not
 * cancelled before it began; then notes that it runs.
 * @throws ValidationError otherwise: such an execution must do nothing
 */
export async function validateInput(
  executions: Executions,
  input: Input,
  log: Log,
): Promise<FromSchema<typeof outputSchema>> {
  const { executionArn, goalId, userId, actionIds } = input;
  const [goal, record] = await Promise.all([getGoal(executions.db, goalId), executions.get(executionArn)]);
  if (record?.goalId !== goalId || record.userId !== userId)
    throw new ValidationError('The execution has no record for this goal');
  if (goal?.userId !== userId) throw new ValidationError('The goal does not belong to this user');
  if (goal.status !== 'processing' || goal.executionArn !== executionArn) {
    throw new ValidationError('The goal is not claimed for this execution');
  }
  if (actionIds.join() !== record.actionIds.join()) throw new ValidationError('The actions are not those of the claim');
  const fields = { confirmedAt: executions.now().toISOString() };
  const isNoted = await executions.enterState(log, executionArn, 'GetActions', fields);
  if (!isNoted && !isOpen(await executions.get(executionArn))) {
    throw new ValidationError('The execution was cancelled or had ended before');
  }
  return { executionArn, goalId, actionIds };
}
