import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { build, type Plugin } from 'esbuild';
import { bundleOptions } from '../../scripts/build/bundle.ts';
import { startVariables } from '../support/start-variables.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Has each client of the SDK print its name when it is made. */
const announced: Plugin = {
  name: 'announced',
  setup({ onLoad }) {
    onLoad({ filter: /\/@aws-sdk\/client-[\w-]+\/dist-es\/\w+Client\.js$/ }, ({ path }) => {
      const name = /(\w+)Client\.js$/.exec(path)?.[1];
      const contents = readFileSync(path, 'utf8').replace('super(', `console.log('${name}'), super(`);
      return { contents };
    });
  },
};

/** Lambdas with a client that few of their invocations need, and the clients that nearly each does. */
const LAMBDAS = [
  ['archive-executions', ['DynamoDB', 'CloudWatch']],
  ['get-status', ['DynamoDB']],
  ['handle-error', ['DynamoDB']],
  ['reconcile-executions', ['DynamoDB']],
] as const;

describe('a Lambda', function () {
  this.timeout(300_000);

  for (const [name, clients] of LAMBDAS) {
    it(`makes no client at its start that only rare paths need: ${name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'goal-activity-clients-'));
      try {
        const outfile = join(folder, 'index.cjs');
        const { plugins, ...options } = bundleOptions(join(ROOT, 'lambdas', name));
        await build({ ...options, outfile, write: true, plugins: [announced, ...plugins] });
        const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env: startVariables(name) });
        expect(new Set(stdout.trim().split('\n'))).to.deep.equal(new Set(clients));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
