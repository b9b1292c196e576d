/** Runs in a thread with an environment of its own: loads a handler, calls it in turn and posts what became of each call. */
import { parentPort, workerData } from 'node:worker_threads';

const { file, events, limitMs }: { file: string; events: unknown[]; limitMs: number } = workerData;
const { handler }: { handler: (event: unknown, context: object) => Promise<unknown> } = await import(file);
const outcomes: object[] = [];
for (const event of events) {
  const endsAt = Date.now() + limitMs;
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => endsAt - Date.now() };
  try {
    outcomes.push({ answer: await handler(event, context) });
  } catch (thrown) {
    const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    outcomes.push({ error: { name, message } });
  }
}
parentPort?.postMessage(outcomes);
