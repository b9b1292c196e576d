/** Checks the definition, as JSON, that it is given, and posts it parsed. */
import { parentPort, workerData } from 'node:worker_threads';
import { parseDefinition } from './engine/definition.ts';

parentPort?.postMessage(parseDefinition(JSON.parse(workerData)));
