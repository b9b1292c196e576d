import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Definition } from './engine/definition.ts';

/** What was checked, by its JSON: tests start many stacks with the same. */
const checked = new Map<string, Promise<Definition>>();

/**
 * Checks a parsed definition in a thread of its own: the validator compiles its schemas each time, a tenth of a second
 * in which a stack can start everything else.
 * @throws Error as parseDefinition does
 */
export function checkDefinition(value: unknown): Promise<Definition> {
  const text = JSON.stringify(value);
  const found = checked.get(text) ?? checkInThread(text);
  checked.set(text, found);
  return found;
}

function checkInThread(text: string): Promise<Definition> {
  const { promise, resolve, reject } = Promise.withResolvers<Definition>();
  const thread = new Worker(join(import.meta.dirname, 'validation-thread.ts'), { workerData: text });
  thread.once('message', resolve).once('error', reject);
  thread.once('exit', (code) => reject(new Error(`the check of the definition ended with ${code}`)));
  // Whoever waits for it hears of it, which may be late, or nobody, should the stack not start.
  promise.catch(() => undefined);
  return promise;
}
