import { ValidationError } from '@goal-activity/core/errors.ts';
import { isOpen } from '@goal-activity/core/execution/executions.ts';
import type { ExecutionRow, GoalRow } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema, outputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;
export type Output = FromSchema<typeof outputSchema>;

export interface Collaborators {
  getGoal(goalId: string): Promise<GoalRow | undefined>;
  getExecution(executionArn: string): Promise<ExecutionRow | undefined>;
  /** Notes that the execution runs, once, if it is open. @returns false when that was noted before, or it is not open any more */
  confirm(executionArn: string): Promise<boolean>;
}

/**
 * Checks that this execution is the one that its goal was claimed for, by the goal's owner, and that it was not
 * cancelled before it began; then notes that it runs.
 * @throws ValidationError otherwise: such an execution must do nothing
 */
export async function validateInput(input: Input, { getGoal, getExecution, confirm }: Collaborators): Promise<Output> {
  const { executionArn, goalId, userId, actionIds } = input;
  const [goal, record] = await Promise.all([getGoal(goalId), getExecution(executionArn)]);
  if (record?.goalId !== goalId || record.userId !== userId)
    throw new ValidationError('The execution has no record for this goal');
  if (goal?.userId !== userId) throw new ValidationError('The goal does not belong to this user');
  if (goal.status !== 'processing' || goal.executionArn !== executionArn) {
    throw new ValidationError('The goal is not claimed for this execution');
  }
  if (actionIds.join() !== record.actionIds.join()) throw new ValidationError('The actions are not those of the claim');
  if (!(await confirm(executionArn)) && !isOpen(await getExecution(executionArn))) {
    throw new ValidationError('The execution was cancelled or had ended before');
  }
  return { executionArn, goalId, actionIds };
}
