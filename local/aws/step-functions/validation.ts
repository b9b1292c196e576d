import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What is found of definitions, by their JSON: tests start many stacks with the same. */
const found = new Map<string, Promise<Error | undefined>>();

/**
 * Checks a parsed definition in a thread of its own: the validator compiles its schemas each time, for a tenth of a second or
 * more, and `make start` is to answer before that.
 * @returns what parseDefinition has to say against it
 */
export function checkDefinition(value: unknown): Promise<Error | undefined> {
  const text = JSON.stringify(value);
  const known = found.get(text) ?? checkInThread(text);
  found.set(text, known);
  return known;
}

function checkInThread(text: string): Promise<Error | undefined> {
  const thread = new Worker(join(import.meta.dirname, 'validation-thread.ts'), { workerData: text });
  return new Promise((resolve) => {
    thread.once('error', resolve);
    thread.once('exit', () => resolve(undefined));
    thread.unref();
  });
}
