import { transact } from '@goal-activity/core/aws/database.ts';
import { BatchTimeout, PermanentError } from '@goal-activity/core/errors.ts';
import type { Executions } from '@goal-activity/core/execution/executions.ts';
import { changeOutcome } from '@goal-activity/core/execution/outcomes.ts';
import { taskKey } from '@goal-activity/core/goal/tasks.ts';
import type { ActionResult } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;

/**
 * Saves in one transaction the outcome `PENDING → SAVED` and the tasks, all or nothing (requirement 5). The condition on the
 * outcome is the fence of rule 2: once a cancel or an end has changed it, a late save is refused.
 * @returns false when it was refused
 */
async function save({ db, now }: Executions, input: Input): Promise<boolean> {
  const { executionArn, goalId, actionId, position, tasks, usage, promptVersion } = input;
  const at = now().toISOString();
  const set = { outcome: 'SAVED', actionId, taskCount: tasks.length, usage, updatedAt: at };
  const isOwn = '#outcome = :before AND #actionId = :actionId';
  const refusing = await transact(db, [
    { Update: changeOutcome(db.executions, { executionArn, position }, 'PENDING', set, isOwn) },
    ...tasks.map((task, index) => {
      const taskId = taskKey(actionId, index);
      const of = { goalId, sk: taskId, taskId, actionId, executionArn, promptVersion };
      const row = { ...of, ...task, status: 'not_started', createdAt: at };
      return { Put: { TableName: db.tasks, Item: row } };
    }),
  ]);
  return refusing === undefined;
}

/**
 * Saves the tasks of one action.
 * @param batchTimeoutMs requirement 4: what is not saved this long after its batch began has failed
 * @returns the action's result; the same when its own earlier attempt had saved already (rule 3)
 * @throws BatchTimeout, PermanentError (cancelled or ended meanwhile), or the database's error
 */
export async function saveTasks(executions: Executions, input: Input, batchTimeoutMs: number): Promise<ActionResult> {
  const { executionArn, actionId, position, tasks, batchStartedAt } = input;
  const late = executions.now().getTime() >= Date.parse(batchStartedAt) + batchTimeoutMs;
  if (!late && (await save(executions, input))) {
    return { actionId, position, outcome: 'SAVED', taskCount: tasks.length };
  }
  const row = await executions.outcome(executionArn, position);
  if (row?.actionId === actionId && row.outcome === 'SAVED') {
    return { actionId, position, outcome: 'SAVED', taskCount: row.taskCount };
  }
  if (late) throw new BatchTimeout('The time of the batch was over before the tasks were saved');
  throw new PermanentError(`The action is ${row?.outcome ?? 'not part of this execution'}: its tasks were not saved`);
}
