/** Runs in a thread with an environment of its own: loads a handler, calls it in turn and posts what became of each call. */
import { parentPort, workerData } from 'node:worker_threads';

const { file, events }: { file: string; events: unknown[] } = workerData;
const { handler }: { handler: (event: unknown, context: object) => Promise<unknown> } = await import(file);
const outcomes: object[] = [];
for (const event of events) {
  try {
    outcomes.push({ answer: await handler(event, { awsRequestId: 'request-1' }) });
  } catch (thrown) {
    const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    outcomes.push({ error: { name, message } });
  }
}
parentPort?.postMessage(outcomes);
