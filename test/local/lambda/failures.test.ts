import { once } from 'node:events';
import { expect } from 'chai';
import { failureOf } from '../../support/failure.ts';
import { failedWith, startMonitor, useWorkbench } from './testing.ts';

/** Does what the event says; `name: started` is logged first. */
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
};
exports.handler = async (event) => { console.log('started'); return actions[event.do](event); };`;

const REQUEST_ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

describe('Lambda pool: failures', () => {
  const bench = useWorkbench();

  const obedient = (timeoutMs = 30_000) => bench.pool(bench.define('obedient', OBEDIENT, { timeoutMs }));
  const expectMessage = (cause: unknown, message: string) =>
    expect(Object(cause).errorMessage).to.match(RegExp(`^RequestId: ${REQUEST_ID} Error: ${message}$`));

  it("an error of the function rejects with its name, and message and trace as Cause, as Lambda's runtime has it", async () => {
    const pool = obedient();
    const { name, cause } = await failedWith(pool.invoke('obedient', { do: 'transient' }));
    expect(name).to.equal('TransientError');
    expect(cause).to.include({ errorType: 'TransientError', errorMessage: 'busy' });
    expect(Object(cause).trace[1]).to.match(/^ {4}at .*index\.js:\d+:\d+\)$/);
    expect(await pool.invoke('obedient', { do: 'answer' }), 'the worker lives').to.equal(pool.workers()[0]?.pid);
  });

  it('kill -9 ends every invocation in the process with Runtime.ExitError, and the next one has a new worker', async () => {
    const pool = obedient();
    const invocations = [1, 2, 3].map(() => failedWith(pool.invoke('obedient', { do: 'hang' })));
    await bench.logged('obedient: started', 3);
    const [killed] = pool.workers();
    process.kill(killed?.pid ?? 0, 'SIGKILL');
    for (const { name, cause } of await Promise.all(invocations)) {
      expect(name).to.equal('Runtime.ExitError');
      expectMessage(cause, 'Runtime exited with error: signal: killed');
    }
    const next = await pool.invoke('obedient', { do: 'answer' });
    expect(pool.workers()).to.deep.equal([{ functionName: 'obedient', pid: next }]);
    expect(next).not.to.equal(killed?.pid);
    const { name, cause } = await failedWith(pool.invoke('obedient', { do: 'exit', code: 3 }));
    expect(name).to.equal('Runtime.ExitError');
    expectMessage(cause, 'Runtime exited with error: exit status 3');
  });

  for (const [action, name, message, status] of [
    ['uncaught', 'RangeError', 'out of range', 129],
    ['unhandled', 'Runtime.UnhandledPromiseRejection', 'RangeError: nobody listens', 128],
  ] as const) {
    it(`of an ${action} error its own invocation hears, the others of Runtime.ExitError, and it is logged`, async () => {
      const pool = obedient();
      const bystander = failedWith(pool.invoke('obedient', { do: 'hang' }));
      await bench.logged('obedient: started');
      const culprit = await failedWith(pool.invoke('obedient', { do: action }));
      expect(culprit.name).to.equal(name);
      expect(culprit.cause).to.include({ errorType: name, errorMessage: message });
      expect(Object(culprit.cause).trace[0]).to.include('RangeError');
      expect(await pool.invoke('obedient', { do: 'answer' }), 'the next one has a new worker').to.be.a('number');
      const { name: other, cause } = await bystander;
      expect(other).to.equal('Runtime.ExitError');
      expectMessage(cause, `Runtime exited with error: exit status ${status}`);
      expect(bench.lines.find((line) => line.includes(message)))
        .to.match(/^obedient: \{.*"level":"error"/)
        .and.to.include(message);
    });
  }

  it('a timeout rejects as Sandbox.Timedout, ends a worker that is stuck, and the next invocation has another', async () => {
    const code = 'exports.handler = async ({ stuck }) => { while (stuck); return process.pid; };';
    const pool = bench.pool(bench.define('stuck', code, { timeoutMs: 1000 }));
    const first = await pool.invoke('stuck', {});
    const { name, cause } = await failedWith(pool.invoke('stuck', { stuck: true }));
    expect([name, Object(cause).errorType]).to.deep.equal(['Sandbox.Timedout', 'Sandbox.Timedout']);
    expectMessage(cause, 'Task timed out after 1.00 seconds');
    const next = await pool.invoke('stuck', {});
    expect(next).not.to.equal(first);
    expect(pool.workers()).to.deep.equal([{ functionName: 'stuck', pid: next }]);
  });

  it('a timeout drops the late answer, and lets the other invocations of the worker finish, then ends it', async () => {
    const monitor = await startMonitor();
    const code = `${monitor.code} let late;
      exports.handler = ({ be }) => new Promise((resolve) => {
        if (be === 'late') {
          late = resolve;
          setTimeout(() => console.log('half of the time is over'), 500);
        } else process.once('SIGUSR2', () => { late('late'); setImmediate(() => resolve(be)); });
      });`;
    const pool = bench.pool(bench.define('slow', code, { timeoutMs: 1000 }));
    const late = failureOf(pool.invoke('slow', { be: 'late' }));
    const gone = once(await monitor.connection(), 'close');
    await bench.logged('slow: half of the time is over');
    const inTime = pool.invoke('slow', { be: 'in time' });
    expect(await late).to.have.property('name', 'Sandbox.Timedout');
    process.kill(pool.workers()[0]?.pid ?? 0, 'SIGUSR2');
    expect(await inTime).to.equal('in time');
    await gone;
    monitor.close();
  });

  for (const [what, code, name, message] of [
    ['exports no handler', '', 'Runtime.HandlerNotFound', /^index\.handler is undefined/],
    ['throws', "throw new TypeError('GOALS_TABLE is missing')", 'TypeError', /^GOALS_TABLE is mis/],
    ['ends its process', 'process.exit(9);', 'Runtime.ExitError', /exit status 9$/],
  ] as const) {
    it(`a bundle that ${what} tells every caller so: ${name}`, async () => {
      const pool = bench.pool(bench.define('broken', code));
      const failure = await failedWith(pool.invoke('broken', {}));
      expect(failure.name).to.equal(name);
      expect(Object(failure.cause).errorMessage).to.match(message);
      expect((await failureOf(pool.warm())).message)
        .to.match(/^Lambdas that cannot start: broken: /)
        .and.to.not.include('trace');
    });
  }
});
