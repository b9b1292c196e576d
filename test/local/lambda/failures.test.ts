import { once } from 'node:events';
import { expect } from 'chai';
import { createLambdaPool } from '../../../local/aws/lambda/pool.ts';
import { createWorkbench, failureOf, REGION, rejectionOf, startMonitor } from './testing.ts';

/** Does what the event says; `name: started` is logged first. */
const OBEDIENT = `
class TransientError extends Error { constructor(message) { super(message); this.name = 'TransientError'; } }
const never = () => new Promise(() => {});
const actions = {
  answer: () => process.pid,
  hang: never,
  transient: () => { throw new TransientError('busy'); },
  text: () => { throw 'a text'; },
  number: () => Promise.reject(42),
  unreadable: () => { throw Object.create(null); },
  circular: () => { const circle = {}; circle.circle = circle; return circle; },
  exit: ({ code }) => { process.exit(code); },
  uncaught: () => { setImmediate(() => { throw new RangeError('out of range'); }); return never(); },
  unhandled: () => { Promise.reject(new RangeError('nobody listens')); return never(); },
};
exports.handler = async (event) => { console.log('started'); return actions[event.do](event); };`;

const REQUEST_ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

describe('Lambda pool: failures', () => {
  let bench: ReturnType<typeof createWorkbench>;
  beforeEach(() => {
    bench = createWorkbench();
  });
  afterEach(() => bench.close());

  const obedient = (timeoutMs = 30_000) => bench.pool(bench.define('obedient', OBEDIENT, { timeoutMs }));

  describe('of the function', () => {
    it("rejects with the error's name, and message and trace as Cause", async () => {
      const pool = obedient();
      const error = await rejectionOf(pool.invoke('obedient', { do: 'transient' }));
      expect(error.name).to.equal('TransientError');
      const cause = JSON.parse(error.message);
      expect(Object.keys(cause)).to.deep.equal(['errorType', 'errorMessage', 'trace']);
      expect(cause).to.include({ errorType: 'TransientError', errorMessage: 'busy' });
      expect(cause.trace[1]).to.match(/^ {4}at .*index\.js:\d+:\d+\)$/);
      expect(await pool.invoke('obedient', { do: 'answer' }), 'the worker lives').to.equal(pool.workers()[0]?.pid);
    });

    it("describes what is no error as Lambda's Node.js runtime does", async () => {
      const pool = obedient();
      const failure = (action: string) => failureOf(pool.invoke('obedient', { do: action }));
      expect(await failure('text')).to.deep.equal({
        name: 'string',
        cause: { errorType: 'string', errorMessage: 'a text', trace: [] },
      });
      expect(await failure('number')).to.deep.equal({
        name: 'number',
        cause: { errorType: 'number', errorMessage: '42', trace: [] },
      });
      expect(await failure('unreadable')).to.have.property('name', 'handled');
      const circular = await failure('circular');
      expect(circular.name).to.equal('Runtime.JSONStringifyError');
      expect(circular.cause).to.include({ errorMessage: 'Unable to stringify response body' });
    });
  });

  describe('of the process', () => {
    it('kill -9: every invocation in it ends with Runtime.ExitError, and the next one has a new worker', async () => {
      const pool = obedient();
      const invocations = [1, 2, 3].map(() => failureOf(pool.invoke('obedient', { do: 'hang' })));
      await bench.logged('obedient: started', 3);
      const [killed] = pool.workers();
      process.kill(killed?.pid ?? 0, 'SIGKILL');
      for (const { name, cause } of await Promise.all(invocations)) {
        expect(name).to.equal('Runtime.ExitError');
        expect(Object(cause)).to.have.all.keys('errorType', 'errorMessage');
        expect(Object(cause).errorMessage).to.match(
          RegExp(`^RequestId: ${REQUEST_ID} Error: Runtime exited with error: signal: killed$`),
        );
      }
      const next = await pool.invoke('obedient', { do: 'answer' });
      expect(pool.workers()).to.deep.equal([{ functionName: 'obedient', pid: next }]);
      expect(next).not.to.equal(killed?.pid);
    });

    it('process.exit: Runtime.ExitError tells the status', async () => {
      const pool = obedient();
      for (const [code, message] of [
        [3, 'Runtime exited with error: exit status 3'],
        [0, 'Runtime exited without providing a reason'],
      ] as const) {
        const { name, cause } = await failureOf(pool.invoke('obedient', { do: 'exit', code }));
        expect(name).to.equal('Runtime.ExitError');
        expect(Object(cause).errorMessage).to.match(RegExp(`^RequestId: ${REQUEST_ID} Error: ${message}$`));
      }
    });

    for (const [action, name, message, status] of [
      ['uncaught', 'RangeError', 'out of range', 129],
      ['unhandled', 'Runtime.UnhandledPromiseRejection', 'RangeError: nobody listens', 128],
    ] as const) {
      it(`${action} error: its own invocation gets it, the others Runtime.ExitError, and it is logged`, async () => {
        const pool = obedient();
        const bystander = failureOf(pool.invoke('obedient', { do: 'hang' }));
        await bench.logged('obedient: started');
        const culprit = await failureOf(pool.invoke('obedient', { do: action }));
        expect(culprit.name).to.equal(name);
        expect(culprit.cause).to.include({ errorType: name, errorMessage: message });
        expect(Object(culprit.cause).trace[0]).to.include('RangeError');
        const { name: other, cause } = await bystander;
        expect(other).to.equal('Runtime.ExitError');
        expect(Object(cause).errorMessage).to.match(RegExp(`exit status ${status}$`));
        expect(bench.lines.at(-1))
          .to.match(/^obedient: \{.*"level":"error"/)
          .and.to.include(message);
        expect(await pool.invoke('obedient', { do: 'answer' })).to.equal(pool.workers()[0]?.pid);
      });
    }
  });

  describe('by timeout', () => {
    it('rejects as Sandbox.Timedout with the seconds', async () => {
      const { name, cause } = await failureOf(obedient(50).invoke('obedient', { do: 'hang' }));
      expect(name).to.equal('Sandbox.Timedout');
      expect(Object(cause)).to.have.all.keys('errorType', 'errorMessage');
      expect(Object(cause)).to.have.property('errorType', 'Sandbox.Timedout');
      expect(Object(cause).errorMessage).to.match(
        RegExp(`^RequestId: ${REQUEST_ID} Error: Task timed out after 0.05 seconds$`),
      );
    });

    it('ends a worker that is stuck in a loop, and starts another for the next invocation', async () => {
      const code = 'exports.handler = async ({ stuck }) => { while (stuck); return process.pid; };';
      const pool = bench.pool(bench.define('stuck', code, { timeoutMs: 1000 }));
      const first = await pool.invoke('stuck', {});
      expect(await rejectionOf(pool.invoke('stuck', { stuck: true }))).to.have.property('name', 'Sandbox.Timedout');
      const next = await pool.invoke('stuck', {});
      expect(next).not.to.equal(first);
      expect(pool.workers()).to.deep.equal([{ functionName: 'stuck', pid: next }]);
    });

    it('drops a late answer, and lets the other invocations of the worker finish, then ends it', async () => {
      const monitor = await startMonitor();
      const code = `${monitor.code} let late;
        exports.handler = ({ be }) => new Promise((resolve) => {
          if (be === 'late') {
            late = resolve;
            setTimeout(() => console.log('half of the time is over'), 500);
          } else process.once('SIGUSR2', () => { late('late'); setImmediate(() => resolve(be)); });
        });`;
      const pool = bench.pool(bench.define('slow', code, { timeoutMs: 1000 }));
      const late = rejectionOf(pool.invoke('slow', { be: 'late' }));
      const gone = once(await monitor.connection(), 'close');
      await bench.logged('slow: half of the time is over');
      const inTime = pool.invoke('slow', { be: 'in time' });
      expect(await late).to.have.property('name', 'Sandbox.Timedout');
      const [worker] = pool.workers();
      process.kill(worker?.pid ?? 0, 'SIGUSR2');
      expect(await inTime).to.equal('in time');
      await gone;
      monitor.close();
    });

    it('does not count the time that the bundle takes to load', async () => {
      const code = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
        exports.handler = async () => 'answered';`;
      const pool = bench.pool(bench.define('heavy', code, { timeoutMs: 700 }));
      expect(await pool.invoke('heavy', {})).to.equal('answered');
    });
  });

  describe('of the bundle', () => {
    for (const [what, code, handler, name, message] of [
      ['is missing', '', 'main.handler', 'Runtime.ImportModuleError', /^Error: Cannot find module '\.\/main'/],
      ['requires what is missing', "require('nowhere');", 'index.handler', 'Runtime.ImportModuleError', /'nowhere'/],
      ['cannot be parsed', 'exports.handler = ;', 'index.handler', 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
      ['exports no handler', '', 'index.handler', 'Runtime.HandlerNotFound', /^index\.handler is undefined/],
      ['exports another thing', 'exports.handler = 1', 'index.handler', 'Runtime.HandlerNotFound', /not exported$/],
      [
        'takes a callback',
        'exports.handler = (event, context, callback) => callback();',
        'index.handler',
        'Runtime.CallbackHandlerDeprecated',
        /callback/,
      ],
      ['has an unusable name', '', 'handler', 'Runtime.MalformedHandlerName', /^'handler' is not/],
      ['throws', "throw new TypeError('GOALS_TABLE is missing')", 'index.handler', 'TypeError', /^GOALS_TABLE is mis/],
    ] as const) {
      it(`that ${what}: ${name}, and the message reaches the caller`, async () => {
        const pool = bench.pool(bench.define('broken', code, { handler }));
        const failures = await Promise.all([pool.invoke('broken', {}), pool.invoke('broken', {})].map(failureOf));
        for (const failure of failures) {
          expect(failure.name).to.equal(name);
          expect(Object(failure.cause).errorMessage).to.match(message);
        }
      });
    }

    it('that ends the process while it loads: Runtime.ExitError', async () => {
      const pool = bench.pool(bench.define('broken', 'process.exit(9);'));
      expect(await rejectionOf(pool.invoke('broken', {}))).to.have.property('name', 'Runtime.ExitError');
    });

    it('that never finishes loading: Sandbox.Timedout, and the process is ended', async () => {
      const lambda = bench.define('broken', 'while (true);');
      const pool = createLambdaPool({ functions: [lambda], region: REGION, loadTimeoutMs: 100 });
      const { name, cause } = await failureOf(pool.invoke('broken', {}));
      expect(name).to.equal('Sandbox.Timedout');
      expect(Object(cause).errorMessage).to.match(
        RegExp(`^RequestId: ${REQUEST_ID} Error: Task timed out after 0.10 sec`),
      );
      await pool.close();
      expect(pool.workers()).to.deep.equal([]);
    });

    it('is loaded anew by the next invocation', async () => {
      const marker = `${bench.folder}/was-loaded`;
      const code = `const fs = require('node:fs');
        if (!fs.existsSync(${JSON.stringify(marker)})) { fs.writeFileSync(${JSON.stringify(marker)}, ''); throw new Error('first'); }
        exports.handler = async () => 'loaded';`;
      const pool = bench.pool(bench.define('repaired', code));
      expect(await failureOf(pool.invoke('repaired', {}))).to.have.nested.property('cause.errorMessage', 'first');
      expect(await pool.invoke('repaired', {})).to.equal('loaded');
    });
  });
});
