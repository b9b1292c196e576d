import { ValidationError } from '@goal-activity/core/errors.ts';
import type { ActionRow } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema, outputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;
export type Output = FromSchema<typeof outputSchema>;

export interface Collaborators {
  listActions(goalId: string): Promise<Pick<ActionRow, 'actionId' | 'position'>[]>;
}

/**
 * Finds the positions of the execution's actions, in the goal's order. Only ids travel on; each action's text is read
 * by the step that needs it (256 KiB limit).
 * @throws ValidationError when the goal lacks one of them
 */
export async function getActions(
  { executionArn, goalId, actionIds }: Input,
  { listActions }: Collaborators,
): Promise<Output> {
  const wanted = new Set(actionIds);
  const actions = (await listActions(goalId))
    .filter(({ actionId }) => wanted.has(actionId))
    .map(({ actionId, position }) => ({ actionId, position }));
  if (actions.length !== wanted.size) {
    throw new ValidationError(`The goal lacks ${wanted.size - actions.length} of the ${wanted.size} actions`);
  }
  return { executionArn, goalId, actions };
}
