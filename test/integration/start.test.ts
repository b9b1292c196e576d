import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { useDataDir } from '../support/data-dir.ts';
import { ROOT, runToEnd, startProcess } from '../support/stack/process.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

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

  it('says which port is in use and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { code, stderr } = await runToEnd('local/main.ts', {
      PORT: port,
      DATA_DIR: join(dataDir(), 'port'),
      LANG: 'C.UTF-8',
    });
    other.close();
    expect(code).to.equal(1);
    expect(stderr).to.contain(port).and.to.contain('PORT=');
  });

  it('says how to get a missing dynoxide', async () => {
    const { code, stderr } = await runToEnd('local/main.ts', {
      PORT: '0',
      DATA_DIR: join(dataDir(), 'binary'),
      DYNOXIDE_BINARY: join(dataDir(), 'none'),
      LANG: 'C.UTF-8',
    });
    expect(code).to.equal(1);
    expect(stderr).to.contain('dynoxide').and.to.contain('DYNOXIDE_BINARY');
  });

  it('names a setting that cannot be used', async () => {
    const { code, stderr } = await runToEnd('local/main.ts', { AI_FAULTS: '{"throttle":2}', LANG: 'C.UTF-8' });
    expect(code).to.equal(1);
    expect(stderr).to.contain('AI_FAULTS');
  });

  it('explains itself with --help in English, as make demo does in Japanese', async () => {
    const helpOf = async (file: string, LANG: string) => (await runToEnd(file, { LANG }, ['--help'])).stdout;
    expect(await helpOf('local/main.ts', 'C.UTF-8')).to.contain('Usage');
    expect(await helpOf('local/demo/demo.ts', 'ja_JP.UTF-8')).to.contain('使い方');
  });
});
