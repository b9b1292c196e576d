import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { createConcurrency } from '../../../local/aws/lambda/concurrency.ts';
import type { LambdaFunction } from '../../../local/aws/lambda/environment.ts';
import { ThrottledError } from '../../../local/aws/lambda/errors.ts';
import { LambdaPool, type LambdaPoolOptions } from '../../../local/aws/lambda/pool.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { failureOf } from '../../support/failure.ts';
import { until } from '../../support/until.ts';

const REGION = 'ap-northeast-1';
const arnOf = (functionName: string) => `arn:aws:lambda:${REGION}:123456789012:function:${functionName}`;

/** Does what the event says; `started` is logged first. */
const OBEDIENT = `
class TransientError extends Error { constructor(message) { super(message); this.name = 'TransientError'; } }
const never = () => new Promise(() => {});
const actions = {
  answer: () => process.pid,
  hang: never,
  transient: () => { throw new TransientError('busy'); },
  exit: ({ code }) => { process.exit(code); },
  uncaught: () => { setImmediate(() => { throw new RangeError('out of range'); }); return never(); },
  unhandled: () => { Promise.reject(new RangeError('nobody listens')); return never(); },
  waitForSignal: () => new Promise((resolve) => process.once('SIGUSR2', () => resolve(process.pid))),
};
exports.handler = async (event) => { console.log('started'); return actions[event.do](event); };`;

/** Name and parsed Cause of a rejection. */
async function failedWith(invocation: Promise<unknown>) {
  const { name, message } = await failureOf(invocation);
  const cause: { errorType: string; errorMessage: string; trace?: string[] } = JSON.parse(message);
  return { name, cause };
}

/** Reserved concurrency is seen by test/faults/unkind.test.ts. */
describe('the Lambda pool', () => {
  const folder = useDataDir();
  const pools: LambdaPool[] = [];
  const lines: string[] = [];
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((opened) => opened.close()));
    lines.length = 0;
  });

  /** A pool of a function of this name, whose bundle is the code, and of one like it. */
  function start(
    functionName: string,
    code: string,
    settings: Partial<LambdaFunction> = {},
    options: Partial<LambdaPoolOptions> = {},
  ) {
    const directory = mkdtempSync(join(folder(), functionName));
    writeFileSync(join(directory, 'index.js'), code);
    const deployed = { functionName, version: '7', directory, handler: 'index.handler', memoryMb: 256 };
    const lambda = { ...deployed, environment: {}, timeoutMs: 30_000, ...settings };
    const onLog = (_name: string, line: string) => void lines.push(line);
    const functions = [lambda, { ...lambda, functionName: 'another' }];
    const pool = new LambdaPool({ functions, region: REGION, onLog, ...options });
    pools.push(pool);
    return { pool, invoke: (event: object) => pool.invoke(functionName, event), directory };
  }
  const logged = (line: string, count = 1) =>
    until(() => lines.filter((each) => each === line).length >= count, `${line} is logged ${count} times`);
  const expectMessage = ({ errorMessage }: { errorMessage: string }, message: string) =>
    expect(errorMessage).to.match(RegExp(`^RequestId: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} Error: ${message}$`));

  it('finds a function by name and ARN, but no other function or version, and no other service', async () => {
    const { pool } = start('named', 'exports.handler = async () => undefined;');
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
    const { invoke, directory } = start('shown', code, { environment, timeoutMs: 300_000 });
    const { env, zone, context } = Object(await invoke({}));
    // Node hands this one to every child while coverage is measured, whatever environment was asked for.
    delete env.NODE_V8_COVERAGE;
    const names = ['GOALS_TABLE', 'LAMBDA_TASK_ROOT', 'TZ', '_HANDLER'];
    // What moves the clock (`make test DATE=…`) has variables of its own.
    const others = Object.keys(env).filter((name) => !/^AWS_|^LD_PRELOAD$|FAKE/.test(name));
    expect(others).to.have.members(names);
    expect(env).to.include({ AWS_REGION: REGION, GOALS_TABLE: 'goals', LAMBDA_TASK_ROOT: directory });
    expect(zone).to.equal('UTC');
    expect(context).to.include({ functionName: 'shown', functionVersion: '7', memoryLimitInMB: '256' });
    expect(context.awsRequestId).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(context.remaining).to.be.within(150_000, 300_000);
  });

  it('gives a process no more invocations at once than its thread can serve: further ones get another', async () => {
    const { pool, invoke } = start('obedient', OBEDIENT);
    const invocations = Array.from({ length: 202 }, () => invoke({ do: 'waitForSignal' }));
    await logged('started', 202);
    for (const { pid } of pool.workers()) process.kill(pid, 'SIGUSR2');
    const byProcess = Map.groupBy(await Promise.all(invocations), (pid) => pid);
    expect([...byProcess.values()].map(({ length }) => length)).to.have.members([200, 2]);
  });

  it("an error of the function rejects with its name, and message and trace as Cause, as Lambda's runtime has it", async () => {
    const { pool, invoke } = start('obedient', OBEDIENT);
    const { name, cause } = await failedWith(invoke({ do: 'transient' }));
    expect(name).to.equal('TransientError');
    expect(cause).to.include({ errorType: 'TransientError', errorMessage: 'busy' });
    expect(cause.trace?.[1]).to.match(/^ {4}at .*index\.js:\d+:\d+\)$/);
    expect(await invoke({ do: 'answer' }), 'the worker lives').to.equal(pool.workers()[0]?.pid);
  });

  it('kill -9 ends every invocation in the process with Runtime.ExitError, and the next one has a new worker', async () => {
    const { pool, invoke } = start('obedient', OBEDIENT);
    const invocations = [1, 2, 3].map(() => failedWith(invoke({ do: 'hang' })));
    await logged('started', 3);
    process.kill(pool.workers()[0]?.pid ?? 0, 'SIGKILL');
    for (const { name, cause } of await Promise.all(invocations)) {
      expect(name).to.equal('Runtime.ExitError');
      expectMessage(cause, 'Runtime exited with error: signal: killed');
    }
    expect(pool.workers()).to.deep.equal([]);
    const { name, cause } = await failedWith(invoke({ do: 'exit', code: 3 }));
    expect(name).to.equal('Runtime.ExitError');
    expectMessage(cause, 'Runtime exited with error: exit status 3');
  });

  for (const [action, name, message, status] of [
    ['uncaught', 'RangeError', 'out of range', 129],
    ['unhandled', 'Runtime.UnhandledPromiseRejection', 'RangeError: nobody listens', 128],
  ] as const) {
    it(`of an ${action} error its own invocation hears, the others of Runtime.ExitError, and it is logged`, async () => {
      const { invoke } = start('obedient', OBEDIENT);
      const bystander = failedWith(invoke({ do: 'hang' }));
      await logged('started');
      const culprit = await failedWith(invoke({ do: action }));
      expect(culprit.name).to.equal(name);
      expect(culprit.cause).to.include({ errorType: name, errorMessage: message });
      expect(culprit.cause.trace?.[0]).to.include('RangeError');
      const { name: other, cause } = await bystander;
      expect(other).to.equal('Runtime.ExitError');
      expectMessage(cause, `Runtime exited with error: exit status ${status}`);
      expect(lines.find((line) => line.includes(message))).to.match(/^\{.*"level":"error"/);
    });
  }

  it('a timeout rejects as Sandbox.Timedout, lets the other invocations of the process finish, and then ends it', async () => {
    // Of this process, which has the time limits.
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { pool, invoke } = start('obedient', OBEDIENT, { timeoutMs: 1000 });
      const late = failedWith(invoke({ do: 'hang' }));
      await logged('started');
      clock.tick(999);
      const inTime = invoke({ do: 'waitForSignal' });
      await logged('started', 2);
      clock.tick(1);
      const { name, cause } = await late;
      expect([name, cause.errorType]).to.deep.equal(['Sandbox.Timedout', 'Sandbox.Timedout']);
      expectMessage(cause, 'Task timed out after 1.00 seconds');
      const pid = pool.workers()[0]?.pid ?? 0;
      process.kill(pid, 'SIGUSR2');
      expect(await inTime).to.equal(pid);
      await until(() => pool.workers().length === 0);
      expect(await invoke({ do: 'answer' })).not.to.equal(pid);
    } finally {
      clock.restore();
    }
  });

  for (const [what, code, name, message] of [
    ['exports no handler', '', 'Runtime.HandlerNotFound', /^index\.handler is undefined/],
    ['throws', "throw new TypeError('GOALS_TABLE is missing')", 'TypeError', /^GOALS_TABLE is mis/],
    ['ends its process', 'process.exit(9);', 'Runtime.ExitError', /exit status 9$/],
  ] as const) {
    it(`a bundle that ${what} tells every caller so: ${name}`, async () => {
      const { pool, invoke } = start('broken', code);
      const failure = await failedWith(invoke({}));
      expect(failure.name).to.equal(name);
      expect(failure.cause.errorMessage).to.match(message);
      expect((await failureOf(pool.warm(['broken']))).message)
        .to.match(/^Lambdas that cannot start: broken: /)
        .and.to.not.include('trace');
    });
  }

  it('ends a worker that does not go by itself, but not for Ctrl-C, which reaches it too', async () => {
    const code = "process.on('SIGTERM', () => console.log('asked')); exports.handler = async () => process.pid;";
    const { pool, invoke } = start('stubborn', code);
    const pid = Number(await invoke({}));
    process.kill(pid, 'SIGINT');
    expect(await invoke({})).to.equal(pid);
    await pool.close();
    expect(lines).to.deep.equal(['asked']);
    expect(() => process.kill(pid, 0)).to.throw('ESRCH');
    expect((await failureOf(invoke({}))).message).to.equal('The Lambda pool is closed');
  });

  it('ends a process that has nothing to do, but has those ready that are about to be called', async () => {
    const ready = (readyForMs: number) => start('obedient', OBEDIENT, {}, { idle: { endsAfterMs: 200, readyForMs } });
    const { pool } = ready(60_000);
    const names = () => pool.workers().map(({ functionName }) => functionName);
    pool.prepare(['obedient']);
    await until(() => names().length === 1, 'it is ready without a call');
    const [{ pid } = { pid: 0 }] = pool.workers();
    await pool.invoke('another', { do: 'answer' });
    await until(() => names().length === 1, 'the other one has ended');
    expect(await pool.invoke('obedient', { do: 'answer' })).to.equal(pid);

    const { pool: forgetful } = ready(0);
    for (const _again of [1, 2]) {
      forgetful.prepare(['obedient', 'another']);
      await until(() => forgetful.workers().length === 2);
      await until(() => forgetful.workers().length === 0, 'nobody has come any more');
    }
  });

  it('leaves functions without a reservation the rest of the 1,000 of the account', () => {
    const reserved = { functionName: 'reserved', reservedConcurrency: 2 };
    const concurrency = createConcurrency([reserved, { functionName: 'one' }, { functionName: 'other' }]);
    const leave = Array.from({ length: 900 }, () => concurrency.enter('one'));
    for (let count = 0; count < 98; count += 1) concurrency.enter('other');
    for (const name of ['one', 'other']) expect(() => concurrency.enter(name)).to.throw(ThrottledError);
    leave[0]?.();
    concurrency.enter('other');
    expect(() => concurrency.enter('one')).to.throw(ThrottledError);
  });
});
