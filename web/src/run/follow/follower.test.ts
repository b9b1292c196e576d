import { ApiError, ConnectionError } from '@goal-activity/client/errors.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import { useFakeTimers as installFakeTimers, restore } from 'sinon';
import { type Connection, Follower, type Polled } from './follower.ts';

type Status = Pick<ExecutionStatus, 'status'>;
const running: Status = { status: 'RUNNING' };

/** What an answer says, with the seconds that it asks to wait; nothing new without a status. */
interface GivenAnswer {
  readonly status?: Status;
  readonly wait?: number;
}

const news = (wait?: number): GivenAnswer => ({ status: running, ...(wait === undefined ? {} : { wait }) });
const refusal = (status: number, headers = {}) =>
  new ApiError('GET /', new Response('', { status, headers }), undefined);
const unreachable = new ConnectionError('no answer');
const notFound = refusal(404);

/** A follower of which the test gives the answers, one after the other; the last one is repeated. */
function given(answers: readonly (GivenAnswer | Error)[]) {
  const clock = installFakeTimers();
  const etags: (string | undefined)[] = [];
  const seen = { statuses: 0, connections: [] as Connection[], errors: [] as unknown[] };
  /** When it asked; seconds. */
  const asked: number[] = [];
  let hidden = false;
  const follower = new Follower<Status>({
    async ask(etag): Promise<Polled<Status>> {
      etags.push(etag);
      asked.push(clock.now / 1000);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      const { status, wait: retryAfterSeconds } = answer ?? {};
      return { status, etag: status === undefined ? etag : `e${asked.length}`, retryAfterSeconds };
    },
    isHidden: () => hidden,
    onStatus: () => {
      seen.statuses += 1;
    },
    onConnection: (connection) => seen.connections.push(connection),
  });
  const controller = new AbortController();
  return {
    clock,
    asked,
    etags,
    seen,
    start: () => void follower.run(controller.signal).catch((error: unknown) => seen.errors.push(error)),
    stop: () => controller.abort(),
    lose: follower.lose,
    wake: follower.wake,
    hide(value: boolean) {
      hidden = value;
      follower.wake();
    },
    /** Lets the promises settle, then time pass. */
    pass: (seconds: number) => clock.tickAsync(seconds * 1000),
  };
}

/** What is answered, and in which second it then asks until the last of them. */
const RHYTHMS: Readonly<Record<string, { answers: (GivenAnswer | Error)[]; times: number[] }>> = {
  'as often as the answers say': { answers: [news(1), news(10), { wait: 10 }], times: [0, 1, 11, 21] },
  'ever more seldom when answers without news say so, and soon again when one says that': {
    answers: [news(1), { wait: 2 }, { wait: 4 }, { wait: 30 }, { wait: 1 }],
    times: [0, 1, 3, 7, 37, 38, 39],
  },
  'after a second when an answer does not say when': { answers: [news(10), {}], times: [0, 10, 11, 12] },
  'again after 1, 2, 4, 8, 15, 30 and 30 seconds without a connection': {
    answers: [unreachable],
    times: [0, 1, 3, 7, 15, 30, 60, 90],
  },
  'as before once there is a connection': { answers: [news(), unreachable, news()], times: [0, 1, 2, 3, 4] },
  'as late as a busy server wants': { answers: [refusal(503, { 'retry-after': '7' }), news()], times: [0, 7, 8] },
};

describe('the follower of a run', () => {
  afterEach(() => restore());

  for (const [title, { answers, times }] of Object.entries(RHYTHMS)) {
    it(`asks ${title}`, async () => {
      const { start, pass, asked } = given(answers);
      start();
      await pass(times.at(-1) ?? 0);
      expect(asked).to.deep.equal(times);
    });
  }

  it('sends the last ETag', async () => {
    const { start, pass, etags } = given([news(), news(), {}]);
    start();
    await pass(3);
    expect(etags).to.deep.equal([undefined, 'e1', 'e2', 'e2']);
  });

  it('asks seldom while the tab is hidden, from the start or later, and at once when it is shown again', async () => {
    const { start, pass, asked, hide } = given([news()]);
    hide(true);
    start();
    await pass(5);
    hide(false);
    await pass(0.5);
    hide(true);
    await pass(60);
    hide(false);
    await pass(1);
    expect(asked).to.deep.equal([0, 5, 25, 45, 65, 65.5, 66.5]);
  });

  it('says when it has no connection, when it tries again, and that it has one, at once when it is woken', async () => {
    const { start, pass, seen, wake } = given([unreachable, unreachable, news()]);
    start();
    await pass(2.5);
    expect(seen.connections).to.deep.equal([
      { state: 'lost', retryAt: 1_000 },
      { state: 'lost', retryAt: 3_000 },
    ]);
    wake();
    await pass(0);
    expect(seen.connections.at(-1)).to.deep.equal({ state: 'ok' });
  });

  it('takes it at its word that the machine is offline, and asks whether that is so', async () => {
    const { start, pass, asked, seen, lose } = given([news(30), unreachable, news(30)]);
    lose();
    start();
    await pass(5);
    lose();
    await pass(2);
    expect(asked).to.deep.equal([0, 5, 7]);
    expect(seen.connections).to.deep.equal([
      { state: 'lost', retryAt: 5_000 },
      { state: 'lost', retryAt: 7_000 },
      { state: 'ok' },
    ]);
  });

  it('stops when the execution has ended, and on an error that another try does not solve', async () => {
    for (const [answer, errors] of [
      [{ status: { status: 'SUCCEEDED' }, wait: 30 }, []],
      [notFound, [notFound]],
    ] as const) {
      const { start, pass, asked, seen, clock } = given([answer]);
      start();
      await pass(60);
      expect([asked, seen.errors, clock.countTimers()]).to.deep.equal([[0], errors, 0]);
      restore();
    }
  });

  it('says nothing more after it was stopped, whatever is under way', async () => {
    const { start, stop, pass, seen } = given([news()]);
    start();
    stop();
    await pass(10);
    expect(seen).to.deep.equal({ statuses: 0, connections: [], errors: [] });
  });
});
