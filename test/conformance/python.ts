/**
 * `node test/conformance/python.ts`: makes the virtual environment of the second engine, from `requirements.txt`, unless it is
 * there. Ends with 1 and one line when Python is missing, or what it needs.
 */
import { join } from 'node:path';
import { makeVenv, venvProgram } from '../../scripts/python.ts';

const VENV = {
  name: 'conformance',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  notice: 'Installing the second engine (moto) and cfn-lint into .venv …',
};

/** Path of a program of the virtual environment. */
export const conformanceProgram = (name: string) => venvProgram(VENV, name);

if (import.meta.main) {
  try {
    makeVenv(VENV);
  } catch (error) {
    console.error(`make conformance cannot run: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
