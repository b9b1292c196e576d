import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { arnOf, createWorkbench, failureOf, REGION, rejectionOf } from './testing.ts';

const ECHO = 'exports.handler = async (event) => event;';
const BUNDLES = join(import.meta.dirname, '..', '..', '..', 'dist', 'lambdas');

describe('Lambda pool: invocations', () => {
  let bench: ReturnType<typeof createWorkbench>;
  beforeEach(() => {
    bench = createWorkbench();
  });
  afterEach(() => bench.close());

  it('passes the event in and the answer out as JSON', async () => {
    const pool = bench.pool(bench.define('echo', ECHO));
    expect(await pool.invoke('echo', { text: '日本語\u2028"', when: new Date(0), gone: undefined })).to.deep.equal({
      text: '日本語\u2028"',
      when: '1970-01-01T00:00:00.000Z',
    });
    expect(await pool.invoke('echo', undefined), 'no payload').to.deep.equal({});
  });

  it('answers null for a handler that returns nothing, and takes one that is not async', async () => {
    const pool = bench.pool(
      bench.define('silent', 'exports.handler = async () => {};'),
      bench.define('plain', 'exports.handler = ({ n }) => n + 1;'),
    );
    expect(await pool.invoke('silent', {})).to.equal(null);
    expect(await pool.invoke('plain', { n: 1 })).to.equal(2);
  });

  it('finds a function by name, ARN and qualified ARN', async () => {
    const code = 'exports.handler = async (event, context) => context.invokedFunctionArn;';
    const pool = bench.pool(bench.define('named', code, { arn: `${arnOf('named')}:7` }));
    for (const [reference, invokedArn] of [
      ['named', arnOf('named')],
      ['named:live', arnOf('named')],
      [arnOf('named'), arnOf('named')],
      [`${arnOf('named')}:7`, `${arnOf('named')}:7`],
      [`${arnOf('named')}:live`, `${arnOf('named')}:live`],
      [`${arnOf('named')}:$LATEST`, `${arnOf('named')}:$LATEST`],
    ] as const) {
      expect(await pool.invoke(reference, {}), reference).to.equal(invokedArn);
    }
  });

  it('does not find an unknown name, another version, region or account, or no name at all', async () => {
    const pool = bench.pool(bench.define('echo', ECHO));
    for (const reference of [
      'other',
      arnOf('other'),
      `${arnOf('echo')}:8`,
      arnOf('echo').replace(REGION, 'us-east-1'),
      arnOf('echo').replace('123456789012', '210987654321'),
      'arn:aws:states:::sns:publish',
      '',
    ]) {
      const error = await rejectionOf(pool.invoke(reference, {}));
      expect(error.name, reference).to.equal('Lambda.ResourceNotFoundException');
      expect(error.message).to.equal(`Function not found: ${reference}`);
    }
    expect(pool.workers()).to.deep.equal([]);
  });

  it('gives the handler the context of Lambda', async () => {
    const code = `exports.handler = async (event, context) => ({
      ...context, remaining: context.getRemainingTimeInMillis(),
    });`;
    const pool = bench.pool(bench.define('context', code, { timeoutMs: 20_000, memoryMb: 512 }));
    const first = Object(await pool.invoke('context', {}));
    const second = Object(await pool.invoke('context', {}));
    expect(first).to.include({
      functionName: 'context',
      functionVersion: '7',
      invokedFunctionArn: arnOf('context'),
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/context',
    });
    expect(first.logStreamName).to.match(/^\d{4}\/\d\d\/\d\d\/\[7\][0-9a-f]{32}$/);
    expect(first.awsRequestId).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(second.awsRequestId).not.to.equal(first.awsRequestId);
    expect(first.remaining).to.be.within(15_000, 20_000);
  });

  it("shows the bundle its own environment and Lambda's, and nothing of this machine", async () => {
    const code = `exports.handler = async () => ({
      env: process.env, zone: Intl.DateTimeFormat().resolvedOptions().timeZone, options: process.execArgv,
    });`;
    const lambda = bench.define('environment', code, { environment: { GOALS_TABLE: 'goals', AWS_REGION: 'mars' } });
    const { env, zone } = Object(await bench.pool(lambda).invoke('environment', {}));
    // Node hands this one to every child while coverage is measured, whatever environment was asked for.
    delete env.NODE_V8_COVERAGE;
    expect(env).to.have.all.keys(
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'GOALS_TABLE',
      'LAMBDA_TASK_ROOT',
      'TZ',
      '_HANDLER',
    );
    expect(env).to.include({
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: REGION,
      GOALS_TABLE: 'goals',
      LAMBDA_TASK_ROOT: lambda.directory,
      TZ: ':UTC',
    });
    expect(zone).to.equal('UTC');
  });

  it('loads the bundle once and runs invocations concurrently in one process', async () => {
    const code = `let loads = 0; loads += 1; const waiting = [];
      exports.handler = ({ of }) => new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === of) for (const each of waiting.splice(0)) each({ pid: process.pid, loads });
      });`;
    const pool = bench.pool(bench.define('together', code));
    // Nobody is answered before all 24 are in.
    const answers = await Promise.all(Array.from({ length: 24 }, () => pool.invoke('together', { of: 24 })));
    const [worker] = pool.workers();
    expect(pool.workers()).to.have.length(1);
    for (const answer of answers) expect(answer).to.deep.equal({ pid: worker?.pid, loads: 1 });
  });

  it('refuses a payload above 6 MB and an answer above it, by bytes', async () => {
    const code = 'exports.handler = async ({ bytes }) => "x".repeat(bytes - 2);';
    const pool = bench.pool(bench.define('echo', ECHO), bench.define('large', code));
    const atLimit = 'あ'.repeat((6_291_456 - 3) / 3);
    expect(await pool.invoke('echo', `${atLimit}x`)).to.have.length(atLimit.length + 1);
    const error = await rejectionOf(pool.invoke('echo', `${atLimit}xx`));
    expect(error.name).to.equal('Lambda.RequestTooLargeException');
    expect(error.message).to.equal(
      '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
    );
    expect(await pool.invoke('large', { bytes: 6_291_556 })).to.have.length(6_291_554);
    expect(await failureOf(pool.invoke('large', { bytes: 6_291_557 }))).to.deep.equal({
      name: 'Function.ResponseSizeTooLarge',
      cause: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    });
  });

  it('hands over the lines of standard output and standard error, the last one of a dying worker too', async () => {
    const code = `exports.handler = async () => {
      process.stdout.write('{"level":"info"}\\nhalf '); process.stdout.write('line\\n'); console.error('warned');
      process.stdout.write('last words'); process.exit(3);
    };`;
    const pool = bench.pool(bench.define('chatty', code));
    await rejectionOf(pool.invoke('chatty', {}));
    expect(bench.lines).to.have.members([
      'chatty: {"level":"info"}',
      'chatty: half line',
      'chatty: warned',
      'chatty: last words',
    ]);
  });

  it('runs a deployed bundle, which logs as JSON and answers a missing token as it does on AWS', async () => {
    const directory = join(BUNDLES, 'goals');
    expect(existsSync(directory), 'make build comes before the tests').to.equal(true);
    const environment = { GOALS_TABLE: 'goals', TASKS_TABLE: 'tasks', LOG_LEVEL: 'debug' };
    const pool = bench.pool(bench.define('goals', '', { directory, environment }));
    const answer = Object(await pool.invoke('goals', { version: '2.0', routeKey: 'GET /api/goals' }));
    expect(answer.headers).to.include({ 'content-type': 'application/problem+json' });
    expect(JSON.parse(answer.body)).to.have.property('code', 'internal_error');
    expect(bench.lines.map((line) => JSON.parse(line.replace(/^goals: /, '')).function)).to.include('goals');
  });
});
