/** Runs in a thread with an environment of its own: loads a handler, calls it once and posts what became of it. */
import { parentPort, workerData } from 'node:worker_threads';

const { file, event }: { file: string; event: unknown } = workerData;
const { handler }: { handler: (event: unknown, context: object) => Promise<unknown> } = await import(file);
try {
  parentPort?.postMessage({ answer: await handler(event, { awsRequestId: 'request-1' }) });
} catch (thrown) {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  parentPort?.postMessage({ error: { name, message } });
}
