import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { useDataDir } from '../support/data-dir.ts';
import { ROOT, runToEnd, startProcess } from '../support/stack/process.ts';
import { signIn, useStack } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

describe('make start', function () {
  this.timeout(300_000);
  const dataDir = useDataDir();

  it('prints three lines that work when pasted into a shell', async () => {
    // A shell does not ask again when Step Functions refuses a start.
    const faults = unkind({ ...AI_SELDOM_FAILS, statesOutage: 0 });
    const stack = await startProcess({ DATA_DIR: join(dataDir(), 'start'), AI_LATENCY_MS: '50', ...faults });
    try {
      const lines = stack
        .output()
        .split('\n')
        .filter((line) => line.includes('curl'));
      expect(lines).to.have.length(3);
      const { stdout } = await promisify(execFile)('bash', ['-c', lines.join('\n')], { cwd: ROOT });
      expect(stdout).to.contain('"executionArn"').and.to.contain('"status":"RUNNING"').and.to.contain('"tasks":[{');
    } finally {
      expect(await stack.end('SIGINT')).to.equal(0);
    }
  });

  it('says what keeps it from starting, and which setting would help', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String(Object(other.address()).port);
    for (const [wrong, said] of [
      [{ PORT: port }, [port, 'PORT=']],
      [{ PORT: '0', DYNOXIDE_BINARY: join(dataDir(), 'none') }, ['dynoxide', 'DYNOXIDE_BINARY']],
      [{ AI_FAULTS: '{"throttle":2}' }, ['AI_FAULTS']],
    ] as const) {
      const environment = { DATA_DIR: join(dataDir(), 'wrong'), LANG: 'C.UTF-8', ...wrong };
      const { code, stderr } = await runToEnd('local/main.ts', environment);
      expect(code).to.equal(1);
      for (const word of said) expect(stderr).to.contain(word);
    }
    other.close();
  });

  it('explains itself with --help in English, as make demo does in Japanese', async () => {
    const helpOf = async (file: string, LANG: string) => (await runToEnd(file, { LANG }, ['--help'])).stdout;
    expect(await helpOf('local/main.ts', 'C.UTF-8')).to.contain('Usage');
    expect(await helpOf('local/demo/demo.ts', 'ja_JP.UTF-8')).to.contain('使い方');
  });
});

describe('a stack that nobody has used', function () {
  this.timeout(300_000);
  const stack = useStack();

  it('has no process of a Lambda; who comes finds the steps of a run ready, who opens the page the API as well', async () => {
    const { url, lambda } = stack();
    const isReady = (name: string) => lambda.workers().some(({ functionName }) => functionName.endsWith(`-${name}`));
    await fetch(`${url}/local/health`);
    expect(lambda.workers()).to.deep.equal([]);
    await signIn(url, 'first');
    await until(() => isReady('validate-input') && isReady('update-goal-status'));
    expect(isReady('cancel-workflow')).to.equal(false);
    await fetch(url);
    await until(() => isReady('cancel-workflow') && isReady('get-status'));
    expect(isReady('archive-executions')).to.equal(false);
  });
});
