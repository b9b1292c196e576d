import { expect } from 'chai';
import { createConcurrency } from '../../../local/aws/lambda/concurrency.ts';
import { ThrottledError } from '../../../local/aws/lambda/errors.ts';
import type { LambdaPool } from '../../../local/aws/lambda/pool.ts';
import { failureOf } from '../../support/failure.ts';
import { until } from '../../support/until.ts';
import { arnOf, REGION, useWorkbench } from './testing.ts';

/** Answers with its process once that gets a signal, so that whoever asks decides how many are in it at once. */
const PATIENT = `const waiting = [];
process.on('SIGUSR2', () => { for (const answer of waiting.splice(0)) answer(process.pid); });
exports.handler = () => new Promise((resolve) => { waiting.push(resolve); console.log('started'); });`;

const release = (pool: LambdaPool) => {
  for (const { pid } of pool.workers()) process.kill(pid, 'SIGUSR2');
};

describe('Lambda pool: invocations', () => {
  const bench = useWorkbench();

  const invoke = (pool: LambdaPool, count: number) =>
    Array.from({ length: count }, () => pool.invoke('patient', {}).then(Number));

  it('finds a function by name and ARN, but no other function or version, and no other service', async () => {
    const pool = bench.pool(bench.define('named', 'exports.handler = async () => undefined;'));
    for (const reference of ['named', arnOf('named'), `${arnOf('named')}:7`, `${arnOf('named')}:live`])
      expect(await pool.invoke(reference, {}), reference).to.equal(null);
    for (const reference of ['other', arnOf('other'), `${arnOf('named')}:8`, 'arn:aws:states:::sns:publish'])
      expect(await failureOf(pool.invoke(reference, {}))).to.include({
        name: 'Lambda.ResourceNotFoundException',
        message: `Function not found: ${reference}`,
      });
  });

  it("shows the bundle its own environment, Lambda's and the context, and nothing of this machine", async () => {
    const code = `exports.handler = async (event, context) => ({
      env: process.env, zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      context: { ...context, remaining: context.getRemainingTimeInMillis() },
    });`;
    const environment = { GOALS_TABLE: 'goals', AWS_REGION: 'mars' };
    const lambda = bench.define('shown', code, { environment, timeoutMs: 20_000 });
    const { env, zone, context } = Object(await bench.pool(lambda).invoke('shown', {}));
    // Node hands this one to every child while coverage is measured, whatever environment was asked for.
    delete env.NODE_V8_COVERAGE;
    expect(Object.keys(env).filter((name) => !/^AWS_/.test(name))).to.have.members([
      'GOALS_TABLE',
      'LAMBDA_TASK_ROOT',
      'TZ',
      '_HANDLER',
    ]);
    expect(env).to.include({ AWS_REGION: REGION, GOALS_TABLE: 'goals', LAMBDA_TASK_ROOT: lambda.directory });
    expect(zone).to.equal('UTC');
    expect(context).to.include({ functionName: 'shown', functionVersion: '7', memoryLimitInMB: '256' });
    expect(context.awsRequestId).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(context.remaining).to.be.within(15_000, 20_000);
  });

  it('one process has no more invocations at once than its clients have sockets: further ones get another', async () => {
    const pool = bench.pool(bench.define('patient', PATIENT), { idleMs: 20 });
    const invocations = invoke(pool, 50);
    await bench.logged('patient: started', 50);
    const workers = pool.workers();
    release(pool);
    const byProcess = Map.groupBy(await Promise.all(invocations), (pid) => pid);
    expect([...byProcess].map(([pid, { length }]) => [pid, length])).to.have.deep.members(
      workers.map(({ pid }, index) => [pid, [48, 2][index]]),
    );
    // Those that are no longer needed end once they have had nothing to do for a while.
    await until(() => pool.workers().length === 1);
    expect(pool.workers()).to.deep.equal(workers.slice(0, 1));
    const next = invoke(pool, 1);
    await bench.logged('patient: started', 51);
    release(pool);
    expect(await Promise.all(next)).to.deep.equal([workers[0]?.pid]);
  });

  it('with its limits it refuses what is above the reserved concurrency, and starts nothing for that', async () => {
    const limited = { ...bench.define('patient', PATIENT), reservedConcurrency: 2 };
    const off = { ...bench.define('off', PATIENT), reservedConcurrency: 0 };
    const broken = { ...bench.define('broken', "throw new Error('no');"), reservedConcurrency: 1 };
    const pool = bench.pool(limited, off, broken, { hasLimits: true });
    const invocations = invoke(pool, 2);
    for (const name of ['patient', 'off'])
      expect(await failureOf(pool.invoke(name, {}))).to.be.instanceOf(ThrottledError);
    expect(pool.workers().map(({ functionName }) => functionName)).to.deep.equal(['patient']);
    await bench.logged('patient: started', 2);
    release(pool);
    await Promise.all(invocations);
    // One that has ended counts no more, whatever came of it.
    invocations.push(...invoke(pool, 2));
    for (let call = 0; call < 2; call += 1) expect((await failureOf(pool.invoke('broken', {}))).name).to.equal('Error');
    await bench.logged('patient: started', 4);
    release(pool);
    await Promise.all(invocations);
  });

  it('with its limits all others share the 1,000 of the account that are not reserved', () => {
    const concurrency = createConcurrency([
      { functionName: 'reserved', reservedConcurrency: 2 },
      { functionName: 'one' },
      { functionName: 'other' },
    ]);
    const leave = Array.from({ length: 900 }, () => concurrency.enter('one'));
    for (let count = 0; count < 98; count += 1) concurrency.enter('other');
    for (const name of ['one', 'other']) expect(() => concurrency.enter(name)).to.throw(ThrottledError);
    leave[0]?.();
    concurrency.enter('other');
    expect(() => concurrency.enter('one')).to.throw(ThrottledError);
  });
});
