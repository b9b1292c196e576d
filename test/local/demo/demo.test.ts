import { existsSync, readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { type DemoOptions, type DemoStack, runDemo } from '../../../local/demo/demo.ts';
import { createSampleSeed } from '../../../local/demo/seed.ts';
import { startServer } from '../../../local/http/server.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { runToEnd } from '../../support/stack/process.ts';
import { signIn, useStack } from '../../support/stack/stack.ts';

/** Runs the demo on a stack that it is given. */
async function demo(stack: Omit<DemoStack, 'close'>, settings: Partial<DemoOptions> = {}) {
  const written = { stdout: '', stderr: '' };
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
      return {
        ...stack,
        async close() {
          seen.closed += 1;
        },
      };
    },
    ...settings,
  });
  return { ...written, ...seen, exitCode };
}

/** A stack that only has an address. */
const at = (url: string) => ({ url, bedrock: { settings: () => ({ latencyMs: '1' }) }, stateEntries: () => 0 });

describe('make demo and the sample goal', function () {
  this.timeout(300_000);
  const folder = useDataDir();
  const stack = useStack({ AI_LATENCY_MS: '1' });

  it('runs the sample goal to its end and reports it, without control codes where there is no terminal', async () => {
    const environment = { AI_LATENCY_MS: '1', LANG: 'C.UTF-8', DEMO_LANG: '', JSON: '', TMPDIR: folder() };
    const { code, stdout, stderr } = await runToEnd('local/demo/demo.ts', environment);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^(?:[^\p{Cc}]|\n)+$/u);
    expect(stdout).to.contain('Goal: Run my first full marathon').and.to.contain('64 actions in 8 sub-goals');
    expect(stdout).to.match(/ 100% {2}64\/64 actions\n/);
    expect(stdout).to.contain('Result: SUCCEEDED').and.to.contain('saved    64 of 64 actions');
    expect(stdout.match(/^ {2}.+ > .+$/gm), 'actions of different sub-goals').to.have.lengthOf(3);
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('tells failures in Japanese, ends with 1, and with JSON=1 writes one line alone to the standard output', async () => {
    const { bedrock } = stack();
    bedrock.configure({ latencyMs: '1-3', faults: { denied: 1 } });
    const environment = { JSON: '1', LANG: 'ja_JP.UTF-8', TIME_SCALE: '0.1' };
    const { exitCode, stdout, stderr } = await demo(stack(), { environment });
    bedrock.configure({ latencyMs: '1', faults: { denied: 0 } });
    expect(exitCode).to.equal(1);
    expect(stdout).to.match(/^\{.+\}\n$/);
    const { elapsedMs, stateEntries, ...rest } = JSON.parse(stdout);
    expect(rest).to.deep.equal({ status: 'FAILED', actions: 64, saved: 0, failed: 64, tasks: 0, idealMs: 6 });
    expect([elapsedMs, stateEntries].every((figure) => figure > 0)).to.equal(true);
    expect(stderr).to.contain('目標: 1年後、初めてのフルマラソンを笑顔で完走する').and.to.contain('行動 64/64');
    expect(stderr)
      .to.contain('結果: 失敗（FAILED）')
      .and.to.match(/- .+（PermanentError）/);
  });

  it('stops at once and cleans up when it is told to in the middle of a run, or of a start', async () => {
    for (const moment of ['%', 'Starting']) {
      const controller = new AbortController();
      const write = (text: string) => text.includes(moment) && controller.abort();
      const stopped = await demo(stack(), { stdout: { write }, signal: controller.signal });
      expect(stopped).to.include({ exitCode: 130, stderr: 'Stopped.\n', closed: 1 });
      expect(existsSync(stopped.folder)).to.equal(false);
    }
  });

  const problem = { type: 'about:blank', title: 'x', status: 503, detail: 'Ask again.', code: 'start_delayed' };
  const headers = { 'content-type': 'application/problem+json' };
  for (const [what, answer, message] of [
    [
      'a problem, with its code',
      (response: ServerResponse) => response.writeHead(503, headers).end(JSON.stringify(problem)),
      'answered 503: start_delayed: Ask again.',
    ],
    [
      'an answer that is no JSON',
      (response: ServerResponse) => response.end('<html>'),
      'gave an answer that the demo does not understand',
    ],
    ['a connection that breaks off', (response: ServerResponse) => response.destroy(), 'could not be sent: '],
  ] as const) {
    it(`ends with 1 and says what failed on ${what}, leaving nothing behind`, async () => {
      const server = await startServer((_request, response) => void answer(response));
      const { stdout, stderr, folder: own, ...seen } = await demo(at(server.url), { environment: { JSON: '1' } });
      await server.close();
      expect(stderr).to.include(`\nThe demo failed: POST /local/token ${message}`).and.to.not.include('fetch failed');
      expect(stdout, 'no JSON line for a run that has no result').to.equal('');
      expect(seen).to.include({ exitCode: 1, closed: 1, port: 0, quiet: true });
      expect(existsSync(own)).to.equal(false);
    });
  }

  it('ends with 1 and the message and code of the stack when that does not start', async () => {
    const startStack = async () => {
      throw Object.assign(new Error('dynoxide was not found. Run npm install.'), { code: 'dynoxide_missing' });
    };
    const { exitCode, stderr } = await demo(at(''), { startStack });
    expect(exitCode).to.equal(1);
    expect(stderr).to.equal('The demo failed: dynoxide was not found. Run npm install. (dynoxide_missing)\n');
  });

  it('refuses options that it does not have, without starting anything', async () => {
    const other = await demo(at(''), { arguments: ['--fast'] });
    expect(other).to.include({ exitCode: 2, stdout: '', port: -1 });
    expect(other.stderr).to.contain('--fast');
  });

  it('has the sample goal of make start there once, as a draft of 64 actions, however often it starts', async () => {
    const { url } = stack();
    const [me, other] = await Promise.all([signIn(url, 'me'), signIn(url, 'other')]);
    const failures: unknown[] = [];
    const start = () => createSampleSeed('en', (error) => failures.push(error));
    const seed = start();
    await seed('me', 'no token', url);
    expect(failures.splice(0)).to.have.length(1);
    await Promise.all([seed('me', me.token, url), seed('me', me.token, url), seed('other', other.token, url)]);
    await start()('me', me.token, url);
    const { items } = await me.listGoals();
    expect(items).to.have.length(1);
    expect(items[0]).to.include({ status: 'draft', actionCount: 64 });
    expect([(await other.listGoals()).items, failures]).to.deep.equal([[], []]);
  });
});
