import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { failureOf } from '../../support/failure.ts';
import { REGION, startMonitor, useWorkbench } from './testing.ts';

const HANG = "exports.handler = () => { console.log('started'); return new Promise(() => {}); };";

describe('Lambda pool: start and end', () => {
  const bench = useWorkbench();
  let monitor: Awaited<ReturnType<typeof startMonitor>>;
  beforeEach(async () => {
    monitor = await startMonitor();
  });
  afterEach(() => monitor.close());

  it('starts nothing before it is needed, and every worker that is wanted when warmed, once', async () => {
    const names = ['a', 'b'];
    const pool = bench.pool(...names.map((name) => bench.define(name, 'exports.handler = async () => process.pid;')));
    const started = () => pool.workers().map(({ functionName }) => functionName);
    expect(started()).to.deep.equal([]);
    await pool.warm(({ functionName }) => functionName === 'a');
    expect(started()).to.deep.equal(['a']);
    await Promise.all([pool.warm(), pool.warm()]);
    expect(started()).to.deep.equal(names);
  });

  it('close ends the workers, rejects what is in flight and what comes after, and may be called twice', async () => {
    const pool = bench.pool(bench.define('hang', monitor.code + HANG));
    const [connection] = await Promise.all([monitor.connection(), pool.warm()]);
    const inFlight = failureOf(pool.invoke('hang', {}));
    await bench.logged('hang: started');
    const gone = once(connection, 'close');
    await Promise.all([pool.close(), pool.close()]);
    expect(pool.workers()).to.deep.equal([]);
    await gone;
    for (const rejected of [inFlight, failureOf(pool.invoke('hang', {})), failureOf(pool.warm())]) {
      expect((await rejected).message).to.equal('The Lambda pool is closed');
    }
  });

  it('close kills a worker that does not go by itself', async () => {
    const code = "process.on('SIGTERM', () => console.log('asked')); exports.handler = async () => process.pid;";
    const pool = bench.pool(bench.define('stubborn', code));
    const pid = Number(await pool.invoke('stubborn', {}));
    await pool.close();
    expect(bench.lines).to.deep.equal(['stubborn: asked']);
    expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });

  it('a worker outlives Ctrl-C, which reaches it too: the pool ends it', async () => {
    const pool = bench.pool(bench.define('alive', 'exports.handler = async () => process.pid;'));
    const pid = Number(await pool.invoke('alive', {}));
    process.kill(pid, 'SIGINT');
    expect(await pool.invoke('alive', {})).to.equal(pid);
  });

  it('workers end with their pool when that gets kill -9', async () => {
    const lambda = bench.define('orphan', monitor.code + HANG);
    const script = join(bench.folder(), 'parent.mjs');
    const options = JSON.stringify({ functions: [lambda], region: REGION });
    writeFileSync(
      script,
      `import { LambdaPool } from ${JSON.stringify(join(import.meta.dirname, '../../../local/aws/lambda/pool.ts'))};
      const pool = new LambdaPool({ ...${options}, onLog: (name, line) => process.send({ line, workers: pool.workers() }) });
      pool.invoke('orphan', {});`,
    );
    const parent = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [connection, [message]] = await Promise.all([monitor.connection(), once(parent, 'message')]);
    expect(message).to.have.property('line', 'started');
    expect(connection.closed).to.equal(false);
    const gone = once(connection, 'close');
    parent.kill('SIGKILL');
    expect(await once(parent, 'exit')).to.deep.equal([null, 'SIGKILL']);
    await gone;
  });
});
