/** `node test/conformance/python.ts`: makes the virtual environment of the second engine, unless it is there; else ends with 1. */
import { join } from 'node:path';
import { makeEnvironment, type PythonEnvironment } from '../../scripts/python.ts';

/** What runs the definition a second time, and what checks its template. */
export const SECOND_ENGINE: PythonEnvironment = {
  name: 'conformance',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  holds: 'the second engine (moto) and cfn-lint',
};

if (import.meta.main) {
  try {
    makeEnvironment(SECOND_ENGINE);
  } catch (error) {
    console.error(`make conformance cannot run: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
