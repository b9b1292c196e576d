import { transact } from '@goal-activity/core/aws/database.ts';
import { BatchTimeout, PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import type { Executions } from '@goal-activity/core/execution/executions.ts';
import { changeOutcome } from '@goal-activity/core/execution/outcomes.ts';
import { deleteUntouched, isUntouched, listTasks, putTask, taskKey } from '@goal-activity/core/goal/tasks.ts';
import type { ActionResult, TaskRow } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;

/** Tasks whose place is to be taken, as they are now: without those that a person has changed or removed meanwhile. */
async function readReplaced({ db }: Executions, { goalId, actionId, replaces = [] }: Input): Promise<TaskRow[]> {
  if (replaces.length === 0) return [];
  const tasks = await listTasks(db, goalId, actionId);
  return tasks.filter((task) => replaces.includes(task.taskId) && isUntouched(task));
}

/** Looks at the tasks to be replaced; each one more is for a person who has changed one of them at that moment. */
const ROUNDS = 10;

/**
 * Saves in one transaction the outcome `PENDING → SAVED` and the tasks, all or nothing (requirement 5). The condition on the
 * outcome is the fence of rule 2: once a cancel or an end has changed it, a late save is refused. Tasks whose place these
 * take go with it, unless a person has changed them (rule 8); the outcome keeps them, for a cancel to put back.
 * @returns false when it was refused
 */
async function save(executions: Executions, input: Input): Promise<boolean> {
  const { db, now } = executions;
  const { executionArn, goalId, actionId, position, usage, promptVersion } = input;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const replaced = await readReplaced(executions, input);
    const at = now().toISOString();
    const tasks = input.tasks.map((task, index): TaskRow => {
      const taskId = taskKey(executionArn, actionId, index);
      const made = {
        executionArn,
        version: 1,
        createdAt: at,
        ...(promptVersion === undefined ? {} : { promptVersion }),
      };
      return { goalId, taskId, actionId, ...task, status: 'not_started', ...made };
    });
    const set = {
      ...{ outcome: 'SAVED', actionId, taskCount: tasks.length, usage, updatedAt: at },
      replaced: replaced.length === 0 ? undefined : replaced,
    };
    const isOwn = '#outcome = :before AND #actionId = :actionId';
    const refusing = await transact(db, [
      { Update: changeOutcome(db.executions, { executionArn, position }, 'PENDING', set, isOwn) },
      ...tasks.map((task) => ({ Put: putTask(db, task) })),
      ...replaced.map((task) => ({ Delete: deleteUntouched(db, goalId, task) })),
    ]);
    if (refusing === undefined) return true;
    if (refusing <= tasks.length) return false;
  }
  throw new TransientError('The tasks to be replaced are being changed without end');
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
