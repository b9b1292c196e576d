import type { FromSchema } from 'json-schema-to-ts';
import type * as schema from './schema.ts';

export type GoalRow = FromSchema<typeof schema.goalRowSchema>;
export type ActionRow = FromSchema<typeof schema.actionRowSchema>;
export type ExecutionRow = FromSchema<typeof schema.executionRowSchema>;
export type OutcomeRow = FromSchema<typeof schema.outcomeRowSchema>;
export type OutcomeProgress = FromSchema<typeof schema.outcomeProgressSchema>;
export type TaskRow = FromSchema<typeof schema.taskRowSchema>;
export type TaskState = FromSchema<typeof schema.taskStateSchema>;
export type GeneratedTask = FromSchema<typeof schema.generatedTask>;
export type Usage = FromSchema<typeof schema.usage>;
export type ActionResult = FromSchema<typeof schema.actionResult>;
export type Settlement = FromSchema<typeof schema.settlement>;
export type StateError = FromSchema<typeof schema.stateError>;
export type GoalStatus = FromSchema<typeof schema.goalStatus>;
export type ExecutionStatus = FromSchema<typeof schema.executionStatus>;
export type Outcome = FromSchema<typeof schema.outcome>;
