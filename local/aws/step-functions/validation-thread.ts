/** Checks the definition, as JSON, that it is given: ends with what is wrong with it. */
import { workerData } from 'node:worker_threads';
import { parseDefinition } from './engine/definition.ts';

parseDefinition(JSON.parse(workerData));
