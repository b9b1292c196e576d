import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSettings } from '../../local/settings.ts';
import { LAMBDAS } from '../../modules/workflow/function-table.ts';
import { ROOT, read } from '../documents.ts';

interface Launch {
  readonly name: string;
  readonly request: 'attach' | 'launch';
  readonly address?: string;
  readonly port?: number;
  readonly program?: string;
  readonly preLaunchTask?: string;
  readonly runtimeExecutable?: string;
}

interface Task {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly problemMatcher: { readonly background?: { beginsPattern: string; endsPattern: string } };
}

const { configurations }: { configurations: Launch[] } = JSON.parse(read('.vscode/launch.json'));
const { tasks, inputs }: { tasks: Task[]; inputs: { options: string[] }[] } = JSON.parse(read('.vscode/tasks.json'));
const targets = [...read('Makefile').matchAll(/^([a-z][a-z-]*):/gm)].map(([, target]) => target);

describe('.vscode', () => {
  for (const { label, command, args, problemMatcher } of tasks) {
    it(`runs a command that there is: ${label}`, () => {
      if (command === 'make') expect(targets).to.include(args[0]);
      else expect(existsSync(join(ROOT, 'node_modules', '.bin', command)), command).to.equal(true);
      const { beginsPattern = '', endsPattern = '' } = problemMatcher.background ?? {};
      // The texts in English, whose lines begin with them.
      for (const pattern of [beginsPattern, endsPattern])
        expect(read('local/main.ts').replaceAll(/^.*?['`]/gm, '')).to.match(new RegExp(pattern, 'm'));
    });
  }

  for (const { name, request, program, preLaunchTask, address, port, runtimeExecutable } of configurations) {
    it(`launches what there is, or attaches to where the stack listens: ${name}`, () => {
      if (preLaunchTask !== undefined) expect(tasks.map(({ label }) => label)).to.include(preLaunchTask);
      if (request === 'attach') {
        const listens = { address: '127.0.0.1', port: readSettings({ INSPECT: 'generate-tasks' }).inspect?.port };
        expect({ address, port }).to.deep.equal(listens);
      } else {
        expect(existsSync(program?.replace('${workspaceFolder}', ROOT) ?? '')).to.equal(true);
        expect(runtimeExecutable).to.equal('node');
      }
    });
  }

  it('offers every Lambda, and no other', () => {
    expect(inputs.map(({ options }) => options)).to.deep.equal([[...LAMBDAS].sort()]);
  });
});
