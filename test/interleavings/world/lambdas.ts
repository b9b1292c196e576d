import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';

/** The Lambdas whose code runs in the explorer. */
export const LAMBDAS = [
  'start-workflow',
  'cancel-workflow',
  'retry-workflow',
  'get-status',
  'goals',
  'validate-input',
  'get-actions',
  'create-batches',
  'generate-tasks',
  'save-tasks',
  'update-progress',
  'aggregate-results',
  'update-goal-status',
  'handle-error',
  'reconcile-executions',
  'archive-executions',
] as const satisfies readonly (keyof typeof FUNCTIONS)[];

export type Lambda = (typeof LAMBDAS)[number];

export const isLambda = (name: string): name is Lambda => LAMBDAS.some((lambda) => lambda === name);

/** Milliseconds until Lambda ends an invocation. */
export const timeoutMs = (lambda: Lambda) => FUNCTIONS[lambda].timeoutSeconds * 1000;
