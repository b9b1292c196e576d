import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeVenv, venvProgram } from '../../scripts/python.ts';
import { useDataDir } from '../support/data-dir.ts';
import { writePython } from '../support/python.ts';

describe('virtual environments of Python', () => {
  const folder = useDataDir();
  const calls = () => readFileSync(join(folder(), 'calls'), 'utf8').trim().split('\n');
  /** An environment of one package, made with a Python that fetches nothing. */
  function make(name: string, pip?: string, packages = 'one==1.0 --hash=sha256:0') {
    const path = writePython(folder(), 'true', pip);
    const requirements = join(folder(), `${name}.txt`);
    writeFileSync(requirements, packages);
    const of = { name, requirements, root: join(folder(), 'venvs'), notice: `Installing ${name} ...` };
    makeVenv(of, path);
    return { program: venvProgram(of, 'python'), requirements };
  }

  it('are made once, with hashes, and again when the requirements change', () => {
    const { program, requirements } = make('twice');
    make('twice');
    expect(calls()).to.deep.equal([`-m pip install --quiet --require-hashes -r ${requirements}`]);
    make('twice', undefined, 'one==1.1 --hash=sha256:1');
    expect(calls()).to.have.length(2);
    expect(program).to.equal(join(folder(), 'venvs', 'twice', 'bin', 'python'));
  });

  it('say in one line why they cannot be made, and are made the next time', () => {
    const failing = 'echo Collecting; echo "ERROR: No matching distribution found for one==1.0" >&2; exit 1';
    expect(() => make('broken', failing)).to.throw('ERROR: No matching distribution found for one==1.0');
    expect(() => make('broken')).to.not.throw();
  });

  it('say which Python is needed, where there is none', () => {
    const of = { name: 'none', requirements: import.meta.filename, root: folder(), notice: '' };
    expect(() => makeVenv(of, folder())).to.throw('Python 3.11 or later, with venv, is not on the path.');
  });
});
