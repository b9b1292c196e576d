import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import type { Step } from '../../scripts/smoke/trial.ts';
import { type Meddling, startApiProxy } from '../support/api-proxy.ts';
import { ROOT, runToEnd } from '../support/stack/process.ts';
import { signIn, useStack } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';

const SCRIPT = 'scripts/smoke/smoke.ts';
/** A shell in which the tests run may have these, too. */
const NONE = { STAGE: '', URL: '', TOKEN: '', OTHER_TOKEN: '', ACTIONS: '', WAIT: '', ALARM: '', JSON: '' };
const smoke = (environment: Readonly<Record<string, string>>, args: readonly string[] = []) =>
  runToEnd(SCRIPT, { ...NONE, ...environment }, args);

/** Lays something over the JSON of the answers with 2xx to the calls that fit. */
const answering = (fits: RegExp, changeOf: (body: Record<string, unknown>) => object): Meddling => ({
  answer({ call, status, body }) {
    if (fits.test(call) && status < 300) Object.assign(Object(body), changeOf(Object(body)));
  },
});

/** Refuses the calls that fit, which the API does not see. */
const refusing = (fits: RegExp, status: number): Meddling => ({
  refuse: (call) => (fits.test(call) ? status : undefined),
});

/** Gives callers who come later the token of the first, so that they find what is not theirs. */
function mixingUp(isMixedUp: (authorization: string | undefined) => boolean): Meddling {
  let first: string | undefined;
  return {
    request(headers) {
      first ??= headers.authorization;
      if (first !== undefined && isMixedUp(headers.authorization)) headers.authorization = first;
    },
  };
}
const isForged = (authorization: string | undefined) => authorization === undefined || authorization.length < 30;

const items = (list: unknown): unknown[] => (Array.isArray(list) ? list : []);
const TASK = { taskId: 't', actionId: 'a', title: 'left', description: '', type: 'habit', estimatedMinutes: 5 };
let starts = 0;
let lies = 0;

/** Each way in which a stage may be broken: what is done to it, what is said of it, and how the test is asked. */
const BROKEN: readonly (readonly [
  what: string,
  Meddling,
  said: RegExp,
  environment?: Readonly<Record<string, string>>,
])[] = [
  [
    'loses a task',
    answering(/\/tasks$/, ({ tasks }) => ({ tasks: items(tasks).slice(1) })),
    /✘ Tasks are lost: action 1 has 2 of the 3 that its run saved/,
  ],
  [
    'counts wrongly',
    answering(/^GET \/api\/goals\/[^/]+$/, () => ({ taskCount: 77 })),
    /✘ The goal counts 77 tasks, but has \d/,
  ],
  [
    'lists wrongly',
    answering(/\/workflows$/, (body) => ({
      items: items(body.items).map((item) => ({ ...Object(item), taskCount: 0 })),
    })),
    /✘ The list counts 0 tasks of 1 actions, but there are \d of 1/,
  ],
  [
    'has a run that does not end',
    answering(/\/status$/, () => ({ status: 'RUNNING', processedActions: 0 })),
    /✘ A run is stuck: after [\d.]+ s it is RUNNING, 0 of 1 action are done, in the state \w+: arn:aws:/,
    { WAIT: '1' },
  ],
  ['answers 500', refusing(/\/history$/, 500), /✘ GET \/api\/workflows\/\S+\/history answered 500: of_the_test: no/],
  [
    'starts two runs',
    answering(/\/start-activity$/, ({ executionArn }) => ({ executionArn: `${executionArn}${++starts}` })),
    /✘ A goal that was started twice at once has two runs: \S+ and /,
  ],
  [
    'leaves tasks of a cancelled run',
    answering(/\/tasks$/, ({ tasks }) => (items(tasks).length === 0 ? { tasks: [TASK] } : {})),
    /✘ A cancelled run has left 1 task\n/,
  ],
  [
    'leaves the goal of a cancelled run as it was',
    answering(/^GET \/api\/goals\/[^/]+$/, ({ status }) =>
      status === 'draft' && lies++ === 0 ? { status: 'processing' } : {},
    ),
    /✘ The goal of a cancelled run is processing, and not draft/,
  ],
  ['lets anybody in', mixingUp(isForged), /✘ A call without a token is not refused with 401: it is answered/],
  [
    "shows somebody else's",
    mixingUp((token) => !isForged(token)),
    /✘ Somebody else's goal is not refused with 404: it is answered/,
  ],
  ['keeps goals', refusing(/^DELETE /, 500), /✘ A goal could not be removed \(.* answered 500/, { WAIT: '2' }],
  [
    'answers with a page',
    {
      answer(passing) {
        if (passing.call.includes('/api/')) Object.assign(passing, { status: 200, body: '<html>' });
      },
    },
    /✘ GET \/api\/goals was answered with something that is no JSON, such as a page/,
  ],
];

describe('make smoke', function () {
  this.timeout(120_000);
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
    const { code, stdout, stderr } = await smoke({ URL: proxy.url, JSON: '1' });
    expect(code, stderr).to.equal(0);
    const { isWell, steps }: { isWell: boolean; steps: Step[] } = JSON.parse(stdout);
    expect(isWell).to.equal(true);
    expect(steps.map(({ name }) => name)).to.deep.equal([
      ...['answers', 'run of 1', 'run of 9', 'cancel', 'run of 64', 'lists', 'others'],
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
    const found = new Map<string, Awaited<ReturnType<typeof smoke>> & { left: unknown[] }>();
    before(async () => {
      const left = [...BROKEN];
      const next = async (): Promise<void> => {
        const [what, meddling, , environment] = left.shift() ?? [];
        if (what === undefined) return;
        const proxy = await proxied(meddling);
        const result = await smoke({ URL: proxy.url, ACTIONS: '1', ...environment });
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
        expect(left).to.have.length(what === 'keeps goals' ? 2 : 0);
      });
    }
  });

  it('tells of a model that refuses access what proves it', async () => {
    stack().bedrock.configure({ faults: { denied: 1 } });
    const { code, stdout } = await smoke({ URL: stack().url, ACTIONS: '1' });
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
    const { code, stdout } = await smoke({ URL: proxy.url, ACTIONS: '1' });
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
    const results = await Promise.all(cases.map(([environment, , args]) => smoke(environment, args)));
    for (const [index, { code, stderr }] of results.entries()) {
      expect(stderr).to.match(cases[index]?.[1] ?? /^$/);
      expect(code, stderr).to.equal(2);
    }
    const help = await smoke({}, ['--help']);
    expect(help).to.include({ code: 0, stderr: '' }).and.have.property('stdout').that.contains('make smoke STAGE=');
  });
});
