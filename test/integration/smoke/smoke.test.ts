import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { smoke } from '../../../scripts/smoke/smoke.ts';
import type { Step } from '../../../scripts/smoke/trial.ts';
import { ROOT, runToEnd } from '../../support/stack/process.ts';
import { signIn, useStack } from '../../support/stack/stack.ts';
import { until } from '../../support/until.ts';
import { type Meddling, startApiProxy } from './api-proxy.ts';
import { BROKEN, isForged } from './broken.ts';
import { describeStage } from './stage.ts';

const SCRIPT = 'scripts/smoke/smoke.ts';
/** A shell in which the tests run may have these, too. */
const NONE = { STAGE: '', URL: '', TOKEN: '', OTHER_TOKEN: '', ACTIONS: '', WAIT: '', ALARM: '', JSON: '' };

/** The same in this process, which is cheaper: for the many that are not about the process. */
async function run(environment: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const code = await smoke(
    { ...process.env, ...NONE, ...environment },
    args,
    { write: (text) => stdout.push(text) },
    { write: (text) => stderr.push(text) },
    new AbortController().signal,
  );
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('make smoke', function () {
  this.timeout(300_000);
  const stack = useStack({ AI_LATENCY_MS: '150' });
  const proxies: { close(): Promise<void> }[] = [];
  after(() => Promise.all(proxies.map((proxy) => proxy.close())));
  async function proxied(meddling?: Meddling) {
    const proxy = await startApiProxy(stack().url, meddling);
    proxies.push(proxy);
    return proxy;
  }
  /** Goals of those who called a proxy. */
  const goalsOf = async ({ tokens }: { tokens: Set<string> }) => {
    const lists = [...tokens]
      .filter((token) => !isForged(token))
      .map(async (authorization) => {
        const answer = await fetch(`${stack().url}/api/goals`, { headers: { authorization } });
        return JSON.parse(await answer.text()).items;
      });
    return (await Promise.all(lists)).flat();
  };

  it('finds all well on the local stack: runs of 1, 9 and 64 actions, a cancel, lists and refusals; and leaves nothing', async () => {
    const proxy = await proxied();
    const { code, stdout, stderr } = await runToEnd(SCRIPT, { ...NONE, URL: proxy.url, JSON: '1' });
    expect(code, stderr).to.equal(0);
    const { isWell, steps }: { isWell: boolean; steps: Step[] } = JSON.parse(stdout);
    expect(isWell).to.equal(true);
    expect(steps.map(({ name }) => name)).to.deep.equal([
      ...['answers', 'run of 1', 'run of 9', 'cancel', 'run of 64', 'lists', 'others', 'alarm'],
    ]);
    const told = stack()
      .inbox()
      .filter(({ message }) => message.includes('make smoke sets this alarm by hand'));
    expect(told.map(({ to, subject }) => [to, subject])).to.deep.equal([
      [['dev-on-call@example.com'], 'ALARM: "goal-activity-dev-ai-latency" in Asia Pacific (Tokyo)'],
    ]);
    for (const [step, actions, waves] of [
      [steps[1], 1, 1],
      [steps[2], 9, 1],
      [steps[4], 64, 3],
    ] as const) {
      const { aiMs = 0, idealMs, elapsedMs, tasks, ...counts } = step?.run ?? {};
      expect(counts).to.include({ actions, aiCalls: actions });
      expect(tasks).to.be.within(actions, actions * 8);
      expect(aiMs).to.be.at.least(150);
      expect(idealMs).to.equal(waves * aiMs);
      expect(elapsedMs).to.be.above(waves * 150);
    }
    expect(stderr).to.match(
      /^✔ 9 actions: \d+ tasks in [\d.]+ s; an AI call took ([\d.]+) s, so no run takes less than \1 s$/m,
    );
    expect(stderr).to.match(
      /^✔ cancelled once some of it was done \(\d+ of 64 actions were done\): its tasks are gone/m,
    );
    expect(stderr).to.match(/Cleaned up: 3 goals removed\nAll is well, after /);
    expect(await goalsOf(proxy)).to.deep.equal([]);
  });

  describe('fails, says so and cleans up where a stage', () => {
    const found = new Map<string, Awaited<ReturnType<typeof run>> & { left: unknown[] }>();
    before(async () => {
      const left = [...BROKEN];
      const next = async (): Promise<void> => {
        const [what, meddling, , environment] = left.shift() ?? [];
        if (what === undefined) return;
        const proxy = await proxied(meddling);
        const result = await run({ URL: proxy.url, ACTIONS: '1', ALARM: '0', ...environment });
        found.set(what, { ...result, left: await goalsOf(proxy) });
        await next();
      };
      await Promise.all([next(), next(), next(), next()]);
    });
    for (const [what, , said] of BROKEN) {
      it(what, () => {
        const { code, stdout, left } = found.get(what) ?? { left: [] };
        expect(stdout)
          .to.match(said)
          .and.to.match(/\nBroken: \d/);
        expect(code).to.equal(1);
        expect(left.length > 0, 'goals are left').to.equal(what === 'keeps goals');
      });
    }
  });

  it('tells of a model that refuses access what proves it', async () => {
    stack().bedrock.configure({ faults: { denied: 1 } });
    const { code, stdout } = await run({ URL: stack().url, ACTIONS: '1' });
    stack().bedrock.configure({ faults: { denied: 0 } });
    expect(stdout).to.match(/✘ A run of 1 action ended as FAILED, with tasks of 0: .*make check-model/);
    expect(code).to.equal(1);
  });

  it('cleans up when it is stopped, and ends with 130', async () => {
    stack().bedrock.configure({ faults: { hang: 1 } });
    const proxy = await proxied();
    const child = spawn(process.execPath, [SCRIPT], { cwd: ROOT, env: { ...process.env, ...NONE, URL: proxy.url } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    await until(() => proxy.calls.some((call) => call.endsWith('/status 200')), 'it follows a run');
    child.kill('SIGINT');
    const [code]: unknown[] = await once(child, 'close');
    stack().bedrock.configure({ faults: { hang: 0 } });
    expect(output).to.contain('Cleaned up: 1 goal removed').and.to.contain('Stopped.');
    expect(code).to.equal(130);
    expect(await goalsOf(proxy)).to.deep.equal([]);
  });

  it('waits when the API asks for it', async () => {
    let refusals = 0;
    const proxy = await proxied({
      refuse: (call) => (call.endsWith('/start-activity') && refusals++ === 0 ? 503 : undefined),
    });
    const { code, stdout } = await run({ URL: proxy.url, ACTIONS: '1' });
    expect(stdout).to.contain('the API asks to wait 1 s (503)').and.to.contain('All is well');
    expect(code).to.equal(0);
  });

  it('ends with 2 for what it cannot begin with, and says what to do', async () => {
    const url = stack().url;
    const { token } = await signIn(url, 'smoke-with-token');
    const cases: readonly (readonly [environment: Record<string, string>, said: RegExp, args?: string[]])[] = [
      [{}, /^Say what to try: STAGE=dev, or URL=/],
      [{ URL: 'stage-dev' }, /^URL is stage-dev; it must be the address of an API/],
      [{ URL: url, ACTIONS: '1,65' }, /^ACTIONS is 1,65; it must be numbers from 1 to 64/],
      [{ URL: url, WAIT: 'long' }, /^WAIT is long; it must be a number of seconds/],
      [{ URL: 'https://api.example.com' }, /^Give a TOKEN for https:\/\/api\.example\.com, or a STAGE/],
      [{ URL: url, TOKEN: `${token}x` }, /^The TOKEN is refused \(GET \/api\/goals answered 401: .*has it expired/m],
      [{ STAGE: 'nowhere' }, /^STAGE is "nowhere", but must be one of: /],
      [{ STAGE: 'dev', AWS_ENDPOINT_URL: url }, /^dev is a stage of AWS, but AWS_ENDPOINT_URL=http:/],
      [{ URL: url }, /^--quick is no option; there is --help/, ['--quick']],
    ];
    const results = await Promise.all(cases.map(([environment, , args]) => run(environment, args)));
    for (const [index, { code, stderr }] of results.entries()) {
      expect(stderr).to.match(cases[index]?.[1] ?? /^$/);
      expect(code, stderr).to.equal(2);
    }
    const help = await run({}, ['--help']);
    expect(help).to.include({ code: 0, stderr: '' }).and.have.property('stdout').that.contains('make smoke STAGE=');
  });

  describeStage(stack);
});
