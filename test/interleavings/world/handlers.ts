import { FUNCTIONS } from '../../../modules/function-table.ts';
import { assertMade } from '../edits.ts';

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
] as const satisfies readonly (keyof typeof FUNCTIONS)[];

export type Lambda = (typeof LAMBDAS)[number];
type Handler = (event: unknown) => Promise<unknown>;
export type Handlers = ReadonlyMap<Lambda, Handler>;

export const isLambda = (name: string): name is Lambda => LAMBDAS.some((lambda) => lambda === name);
const isHandler = (value: unknown): value is Handler => typeof value === 'function';

/**
 * Loads the code of the Lambdas, through hooks.ts.
 * @param mutant the fault that is put into it
 */
export async function loadHandlers(mutant?: string): Promise<Handlers> {
  const handlers = new Map<Lambda, Handler>();
  for (const lambda of LAMBDAS) {
    const url = new URL(`../../../lambdas/${lambda}/src/handler.ts`, import.meta.url);
    if (mutant !== undefined) url.searchParams.set('mutant', mutant);
    const { handler }: { handler: unknown } = await import(url.href);
    if (!isHandler(handler)) throw new Error(`${lambda} has no handler`);
    handlers.set(lambda, handler);
  }
  assertMade(mutant);
  return handlers;
}

/** Milliseconds until Lambda ends an invocation. */
export const timeoutMs = (lambda: Lambda) => FUNCTIONS[lambda].timeoutSeconds * 1000;
