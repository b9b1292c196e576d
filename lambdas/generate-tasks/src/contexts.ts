import QuickLRU from 'quick-lru';

/** At least so many are kept, at most twice as many; one of 64 actions takes some 200 KB at the most, and its tasks a few times as much. */
const MOST = 50;
/** As long as a batch. */
const MAX_AGE_MS = 300_000;

/**
 * Remembers what was read for an execution: all of its actions need it, and again with every try. Goal and actions cannot be
 * changed while the execution runs; another execution reads them anew. Tasks can: SaveTasks looks at those it replaces.
 * @param read reads the context of a goal
 * @returns gives the context of an execution, known or read; what could not be read is tried again by the next call
 */
export function rememberContexts<Context>(read: (goalId: string) => Promise<Context>) {
  const contexts = new QuickLRU<string, Promise<Context>>({ maxSize: MOST, maxAge: MAX_AGE_MS });
  return (executionArn: string, goalId: string): Promise<Context> => {
    const known = contexts.get(executionArn);
    if (known !== undefined) return known;
    const context = read(goalId);
    contexts.set(executionArn, context);
    context.catch(() => contexts.delete(executionArn));
    return context;
  };
}
