import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { type DemoOptions, runDemo } from '../../../local/demo/demo.ts';
import { countResult, idealMs } from '../../../local/demo/summary.ts';
import { ARN, fakeStack, GOAL_ID, RUN_MS, type Script } from './fake-stack.ts';

/** Runs the demo against a fake stack. */
async function demo(script: Script = {}, settings: Partial<DemoOptions> = {}) {
  const written = { stdout: '', stderr: '' };
  const { server, calls } = fakeStack(script);
  const seen = { closed: 0, folder: '', port: -1, quiet: false };
  const exitCode = await runDemo({
    environment: {},
    arguments: [],
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
    signal: new AbortController().signal,
    async startStack({ environment, port, quiet }) {
      Object.assign(seen, { folder: environment.DATA_DIR, port, quiet });
      expect(existsSync(seen.folder)).to.equal(true);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return {
        url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
        bedrock: { settings: () => ({ latencyMs: '500-1500' }) },
        stateEntries: (executionArn) => (executionArn === ARN ? 143 : 0),
        async close() {
          seen.closed += 1;
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    },
    ...settings,
  });
  return { ...written, ...seen, exitCode, calls };
}

describe('runDemo', () => {
  it('runs the sample goal to its end and reports it, without control codes where there is no terminal', async () => {
    const { exitCode, stdout, stderr } = await demo();
    expect(exitCode).to.equal(0);
    expect(stderr).to.equal('');
    expect(stdout).to.match(/^(?:[^\p{Cc}]|\n)+$/u);
    expect(stdout).to.contain('Goal: Run my first full marathon');
    expect(stdout).to.contain('64 actions in 8 sub-goals');
    expect(stdout).to.match(/ {2}25% {2}16\/64 actions {2}about 3 s left\n.+ 100% {2}64\/64 actions\n/);
    expect(stdout).to.contain('Result: SUCCEEDED');
    expect(stdout).to.contain('saved    64 of 64 actions, 128 tasks');
    expect(stdout).to.contain('cannot take less than 3.0 s');
    expect(stdout).to.contain('143 state entries');
    expect(stdout).to.contain('- Task 1 of action-0 (15 min)');
    expect(stdout.match(/^ {2}.+ > .+$/gm), 'actions of different sub-goals').to.have.lengthOf(3);
  });

  it('gives the stack a free port and a data folder of its own, and cleans both up', async () => {
    const { port, quiet, folder, closed } = await demo();
    expect({ port, quiet, closed }).to.deep.equal({ port: 0, quiet: true, closed: 1 });
    expect(existsSync(folder)).to.equal(false);
  });

  it('with JSON=1 writes one line to the standard output, everything else to the standard error', async () => {
    const { exitCode, stdout, stderr } = await demo({ failing: [3, 60] }, { environment: { JSON: '1' } });
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^\{.+\}\n$/);
    const { elapsedMs, ...rest } = JSON.parse(stdout);
    expect(rest).to.deep.equal({
      status: 'PARTIALLY_SUCCEEDED',
      actions: 64,
      saved: 62,
      failed: 2,
      tasks: 124,
      idealMs: 3000,
      stateEntries: 143,
    });
    expect(elapsedMs, 'from the start request to the stop date').to.be.within(RUN_MS, RUN_MS + 500);
    expect(stderr).to.contain('Result: PARTIALLY_SUCCEEDED').and.to.contain('100%');
  });

  it('lists the failed actions with their reasons', async () => {
    const { stdout } = await demo({ failing: [0] });
    expect(stdout).to.contain('failed   1 action\n');
    expect(stdout).to.contain('- Run easy three times a week: The AI refused access. (PermanentError)');
  });

  it('ends with 1 when nothing was saved', async () => {
    const { exitCode, stdout, closed } = await demo({ failing: Array.from({ length: 64 }, (_, index) => index) });
    expect(exitCode).to.equal(1);
    expect(closed).to.equal(1);
    expect(stdout).to.contain('Result: FAILED').and.not.to.contain('Tasks of');
  });

  it('speaks Japanese and takes the Japanese goal when the person does', async () => {
    const { exitCode, stdout } = await demo({}, { environment: { LANG: 'ja_JP.UTF-8' } });
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain('目標: 1年後、初めてのフルマラソンを笑顔で完走する');
    expect(stdout).to.contain('結果: 成功（SUCCEEDED）').and.to.contain('行動 64/64');
  });

  it('does not scale the ideal time, as the stack does not scale the latency of the AI', async () => {
    const { stdout } = await demo({}, { environment: { JSON: '1', TIME_SCALE: '0.1' } });
    expect(JSON.parse(stdout).idealMs).to.equal(3000);
  });

  const problem = { type: 'about:blank', title: 'x', status: 503, detail: 'Ask again.', code: 'start_delayed' };
  const failures: [string, Script, RegExp][] = [
    [
      'a problem of the application, with its code',
      {
        answers: {
          [`POST /api/goals/${GOAL_ID}/start-activity`]: {
            status: 503,
            body: problem,
            headers: { 'content-type': 'application/problem+json' },
          },
        },
      },
      /POST \/api\/goals\/\S+\/start-activity answered 503: start_delayed: Ask again\./,
    ],
    [
      'an error of the gateway',
      { answers: { 'POST /local/token': { status: 500, body: { message: 'Internal Server Error' } } } },
      /POST \/local\/token answered 500: http_500: Internal Server Error/,
    ],
    [
      'an answer that is no JSON',
      { answers: { 'POST /api/goals': { status: 201, body: '<html>', headers: { 'content-type': 'text/html' } } } },
      /POST \/api\/goals gave an answer that the demo does not understand/,
    ],
  ];
  for (const [what, script, message] of failures) {
    it(`ends with 1 and says what failed on ${what}, leaving nothing behind`, async () => {
      const { exitCode, stdout, stderr, closed, folder } = await demo(script, { environment: { JSON: '1' } });
      expect(exitCode).to.equal(1);
      expect(stderr.split('\n').at(-2))
        .to.match(/^The demo failed: /)
        .and.to.match(message);
      expect(stdout, 'no JSON line for a run that has no result').to.equal('');
      expect({ closed, folder: existsSync(folder) }).to.deep.equal({ closed: 1, folder: false });
    });
  }

  it('ends with 1 and the message and code of the stack when that does not start', async () => {
    const startStack = async () => {
      throw Object.assign(new Error('dynoxide was not found. Run npm install.'), { code: 'dynoxide_missing' });
    };
    const { exitCode, stderr } = await demo({}, { startStack });
    expect(exitCode).to.equal(1);
    expect(stderr).to.equal('The demo failed: dynoxide was not found. Run npm install. (dynoxide_missing)\n');
  });

  it('ends with 1 and the reason when the stack cannot be reached', async () => {
    const startStack = async () => ({
      url: 'http://127.0.0.1:1',
      bedrock: { settings: () => ({ latencyMs: '1' }) },
      stateEntries: () => 0,
      close: async () => {},
    });
    const { exitCode, stderr } = await demo({}, { startStack });
    expect(exitCode).to.equal(1);
    expect(stderr)
      .to.match(/POST \/local\/token could not be sent: .+/)
      .and.not.to.contain('fetch failed');
  });

  it('stops at once and cleans up when it is told to in the middle of a run', async () => {
    const controller = new AbortController();
    const script = { runningFor: 1000, onStatus: (count: number) => count === 2 && controller.abort() };
    const { exitCode, stderr, closed, folder, calls } = await demo(script, { signal: controller.signal });
    expect(exitCode).to.equal(130);
    expect(stderr).to.equal('Stopped.\n');
    expect({ closed, folder: existsSync(folder) }).to.deep.equal({ closed: 1, folder: false });
    expect(calls.filter((call) => call.endsWith('/status'))).to.have.lengthOf(2);
  });

  it('closes a stack that was still starting when it was told to stop', async () => {
    const controller = new AbortController();
    controller.abort();
    const { exitCode, closed, calls } = await demo({}, { signal: controller.signal });
    expect({ exitCode, closed, calls }).to.deep.equal({ exitCode: 130, closed: 1, calls: [] });
  });

  it('prints its usage with --help, and refuses other options, without starting anything', async () => {
    const help = await demo({}, { arguments: ['--help'] });
    expect(help).to.include({ exitCode: 0, stderr: '', port: -1 });
    expect(help.stdout).to.contain('AI_LATENCY_MS').and.to.contain('TIME_SCALE');
    const other = await demo({}, { arguments: ['--fast'] });
    expect(other).to.include({ exitCode: 2, stdout: '', port: -1 });
    expect(other.stderr).to.contain('--fast');
  });
});

describe('idealMs', () => {
  it('is one AI latency for each full or started wave of 24 actions', () => {
    expect([0, 1, 24, 25, 48, 49, 64].map((actions) => idealMs(actions, 1000))).to.deep.equal([
      0, 1000, 1000, 2000, 2000, 3000, 3000,
    ]);
    expect(idealMs(64, 250.5)).to.equal(752);
  });
});

describe('countResult', () => {
  it('counts cancelled and pending actions neither as saved nor as failed', () => {
    const outcomes = (['SAVED', 'FAILED', 'CANCELLED', 'PENDING'] as const).map((outcome, position) => ({
      actionId: outcome,
      position,
      outcome,
      taskCount: 0,
    }));
    const measured = { elapsedMs: 1, idealMs: 2, stateEntries: 3 };
    const result = countResult({ status: 'ABORTED', totalActions: 4, outcomes }, [], measured);
    expect(result).to.deep.equal({
      status: 'ABORTED',
      actions: 4,
      saved: 1,
      failed: 1,
      tasks: 0,
      ...measured,
    });
  });
});
