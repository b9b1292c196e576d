import { expect } from 'chai';
import { ThrottledError } from '../../../local/aws/lambda/errors.ts';
import type { LambdaPool } from '../../../local/aws/lambda/pool.ts';
import { until } from '../http/testing.ts';
import { createWorkbench, rejectionOf } from './testing.ts';

/** What the bundled SDK clients of a process have at least: 50 sockets each. */
const SOCKETS = 50;

/** Answers with its process once that gets a signal, so that whoever asks decides how many are in it at once. */
const PATIENT = `const waiting = [];
process.on('SIGUSR2', () => { for (const answer of waiting.splice(0)) answer(process.pid); });
exports.handler = () => new Promise((resolve) => { waiting.push(resolve); console.log('started'); });`;

const release = (pool: LambdaPool) => {
  for (const { pid } of pool.workers()) process.kill(pid, 'SIGUSR2');
};

describe('Lambda pool: processes', () => {
  let bench: ReturnType<typeof createWorkbench>;
  beforeEach(() => {
    bench = createWorkbench();
  });
  afterEach(() => bench.close());

  const invoke = (pool: LambdaPool, count: number) =>
    Array.from({ length: count }, () => pool.invoke('patient', {}).then(Number));

  it('one process has no more invocations at once than its clients have sockets: further ones get another', async () => {
    const pool = bench.pool(bench.define('patient', PATIENT));
    const first = invoke(pool, 48);
    await bench.logged('patient: started', 48);
    expect(pool.workers()).to.have.length(1);
    const further = invoke(pool, 2 * SOCKETS);
    await bench.logged('patient: started', 48 + 2 * SOCKETS);
    const pids = pool.workers().map(({ pid }) => pid);
    release(pool);
    const counts = new Map<number, number>();
    for (const pid of await Promise.all([...first, ...further])) counts.set(pid, (counts.get(pid) ?? 0) + 1);
    expect([...counts.keys()]).to.have.members(pids);
    for (const count of counts.values()) expect(count).to.be.at.most(SOCKETS);
    expect(counts.get(pids[0] ?? 0), 'the first is filled up before another is started').to.equal(48);
    expect(pids).to.have.length(4);
  });

  it('a process that is no longer needed beside the first ends once it has had nothing to do for a while', async () => {
    const pool = bench.poolWith({ idleMs: 20 }, bench.define('patient', PATIENT));
    const invocations = invoke(pool, 49);
    await bench.logged('patient: started', 49);
    const [first, second] = pool.workers();
    expect(second).to.have.property('functionName', 'patient');
    release(pool);
    await Promise.all(invocations);
    await until(() => pool.workers().length === 1);
    expect(pool.workers()).to.deep.equal([first]);
    const next = invoke(pool, 1);
    await bench.logged('patient: started', 50);
    release(pool);
    expect(await Promise.all(next)).to.deep.equal([first?.pid]);
  });

  it('with its limits it refuses what is above the reserved concurrency, and starts nothing for that', async () => {
    const limited = { ...bench.define('patient', PATIENT), reservedConcurrency: 2 };
    const pool = bench.poolWith({ hasLimits: true }, limited, {
      ...bench.define('off', PATIENT),
      reservedConcurrency: 0,
    });
    const invocations = invoke(pool, 2);
    expect(await rejectionOf(pool.invoke('patient', {}))).to.be.instanceOf(ThrottledError);
    expect(await rejectionOf(pool.invoke('off', {}))).to.be.instanceOf(ThrottledError);
    expect(pool.workers().map(({ functionName }) => functionName)).to.deep.equal(['patient']);
    await bench.logged('patient: started', 2);
    release(pool);
    await Promise.all(invocations);
    const next = invoke(pool, 1);
    await bench.logged('patient: started', 3);
    release(pool);
    await Promise.all(next);
  });

  it('with its limits it counts an invocation that fails out as well', async () => {
    const limited = { ...bench.define('broken', "throw new Error('no');"), reservedConcurrency: 1 };
    const pool = bench.poolWith({ hasLimits: true }, limited);
    for (let call = 0; call < 3; call += 1)
      expect((await rejectionOf(pool.invoke('broken', {}))).name).to.equal('Error');
  });

  it('without its limits it refuses nothing', async () => {
    const pool = bench.pool({ ...bench.define('patient', PATIENT), reservedConcurrency: 0 });
    const invocations = invoke(pool, 3);
    await bench.logged('patient: started', 3);
    release(pool);
    expect(new Set(await Promise.all(invocations)).size).to.equal(1);
  });
});
