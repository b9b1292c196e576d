import type { Database } from '@goal-activity/core/aws/database.ts';
import { ValidationError } from '@goal-activity/core/errors.ts';
import { listActions } from '@goal-activity/core/goal/rows.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema, outputSchema } from './schema.ts';

/**
 * Finds the positions of the execution's actions, in the goal's order. Only ids travel on; each action's text is read
 * by the step that needs it (256 KiB limit).
 * @throws ValidationError when the goal lacks one of them
 */
export async function getActions(
  db: Database,
  { executionArn, goalId, actionIds }: FromSchema<typeof inputSchema>,
): Promise<FromSchema<typeof outputSchema>> {
  const wanted = new Set(actionIds);
  const actions = (await listActions(db, goalId))
    .filter(({ actionId }) => wanted.has(actionId))
    .map(({ actionId, position }) => ({ actionId, position }));
  if (actions.length !== wanted.size) {
    throw new ValidationError(`The goal lacks ${wanted.size - actions.length} of the ${wanted.size} actions`);
  }
  return { executionArn, goalId, actions };
}
