import { ApiError, ConnectionError } from '@goal-activity/client/errors.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import { useFakeTimers as installFakeTimers, restore } from 'sinon';
import { type Connection, Follower, type Polled } from './follower.ts';

const statusOf = (changes: Partial<ExecutionStatus>): ExecutionStatus => ({
  executionArn: 'arn',
  goalId: 'goal',
  status: 'RUNNING',
  startDate: '2026-01-31T09:30:00.000Z',
  stopDate: null,
  currentState: 'ProcessBatches',
  progressPercentage: 0,
  processedActions: 0,
  totalActions: 2,
  currentBatch: 1,
  totalBatches: 1,
  estimatedSecondsRemaining: 2,
  failedActions: [],
  slowActions: [],
  outcomes: [],
  cost: { aiCalls: 0, inputTokens: 0, outputTokens: 0, estimatedUsd: 0 },
  summary: null,
  ...changes,
});

/** What an answer says, with the seconds that it asks to wait; nothing new without a status. */
interface GivenAnswer {
  readonly status?: Partial<ExecutionStatus>;
  readonly wait?: number;
}

/** A follower of which the test gives the answers, one after the other; the last one is repeated. */
function given(answers: (GivenAnswer | Error)[]) {
  const clock = installFakeTimers();
  const etags: (string | undefined)[] = [];
  const seen = { statuses: 0, connections: [] as Connection[], errors: [] as unknown[] };
  let hidden = false;
  const follower = new Follower({
    async ask(etag): Promise<Polled> {
      etags.push(etag);
      const answer = answers[Math.min(etags.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      const { status, wait: retryAfterSeconds } = answer ?? {};
      if (status === undefined) return { status: undefined, etag, retryAfterSeconds };
      return { status: statusOf(status), etag: `e${etags.length}`, retryAfterSeconds };
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
    etags,
    seen,
    start: () => void follower.run(controller.signal).catch((error: unknown) => seen.errors.push(error)),
    stop: () => controller.abort(),
    wake: follower.wake,
    hide(value: boolean) {
      hidden = value;
      follower.wake();
    },
    /** Lets the promises settle, then time pass. */
    async pass(milliseconds: number) {
      await clock.tickAsync(milliseconds);
    },
  };
}

describe('the follower of a run', () => {
  afterEach(() => restore());

  it('asks at once, then as often as the answers say, sending the last ETag', async () => {
    const { start, pass, etags } = given([{ status: {}, wait: 1 }, { status: {}, wait: 10 }, { wait: 10 }]);
    start();
    await pass(0);
    expect(etags).to.deep.equal([undefined]);
    await pass(999);
    expect(etags).to.have.length(1);
    await pass(1);
    expect(etags).to.deep.equal([undefined, 'e1']);
    await pass(9_999);
    expect(etags).to.have.length(2);
    await pass(1);
    expect(etags).to.deep.equal([undefined, 'e1', 'e2']);
    await pass(10_000);
    expect(etags).to.deep.equal([undefined, 'e1', 'e2', 'e2']);
  });

  it('asks ever more seldom when answers without news say so, and soon again when one says that', async () => {
    const { start, pass, etags } = given([
      { status: {}, wait: 1 },
      { wait: 2 },
      { wait: 4 },
      { wait: 30 },
      { wait: 1 },
    ]);
    start();
    await pass(0);
    for (const seconds of [1, 2, 4, 30, 1, 1]) {
      const before = etags.length;
      await pass(seconds * 1000 - 1);
      expect(etags).to.have.length(before);
      await pass(1);
      expect(etags).to.have.length(before + 1);
    }
  });

  it('asks after a second when an answer does not say when', async () => {
    const { start, pass, etags } = given([{ status: {}, wait: 10 }, {}]);
    start();
    await pass(10_000);
    expect(etags).to.have.length(2);
    await pass(1_000);
    expect(etags).to.have.length(3);
  });

  it('stops when the execution has ended', async () => {
    const { start, pass, etags, clock } = given([{ status: { status: 'SUCCEEDED' }, wait: 30 }]);
    start();
    await pass(60_000);
    expect(etags).to.have.length(1);
    expect(clock.countTimers()).to.equal(0);
  });

  it('does not ask while the tab is hidden, and at once when it is shown again', async () => {
    const { start, pass, etags, hide } = given([{ status: {} }]);
    start();
    await pass(0);
    hide(true);
    await pass(60_000);
    expect(etags).to.have.length(1);
    hide(false);
    await pass(0);
    expect(etags).to.have.length(2);
    await pass(1_000);
    expect(etags).to.have.length(3);
  });

  it('waits for the tab to be shown when it is started hidden', async () => {
    const { start, pass, etags, hide } = given([{ status: {} }]);
    hide(true);
    start();
    await pass(5_000);
    expect(etags).to.have.length(0);
    hide(false);
    await pass(0);
    expect(etags).to.have.length(1);
  });

  it('tries again after 1, 2, 4, 8, 15, 30 and 30 seconds without a connection, and says when', async () => {
    const { start, pass, etags, seen, clock } = given([new ConnectionError('no answer')]);
    start();
    await pass(0);
    for (const seconds of [1, 2, 4, 8, 15, 30, 30]) {
      const before = etags.length;
      const last = seen.connections.at(-1);
      expect(last).to.deep.equal({ state: 'lost', attempt: before, retryAt: clock.now + seconds * 1000 });
      await pass(seconds * 1000 - 1);
      expect(etags).to.have.length(before);
      await pass(1);
      expect(etags).to.have.length(before + 1);
    }
  });

  it('goes on as before once there is an answer, and says so', async () => {
    const { start, pass, etags, seen } = given([{ status: {} }, new ConnectionError('no answer'), { status: {} }]);
    start();
    await pass(2_000);
    expect(seen.connections.map(({ state }) => state)).to.deep.equal(['lost', 'ok']);
    await pass(1_000);
    expect([etags.length, seen.connections.length]).to.deep.equal([4, 2]);
  });

  it('asks at once when the machine is online again', async () => {
    const { start, pass, etags, wake } = given([new ConnectionError('no answer'), { status: {} }]);
    start();
    await pass(0);
    wake();
    await pass(0);
    expect(etags).to.have.length(2);
  });

  it('waits as long as a busy server asks', async () => {
    const { start, pass, etags } = given([
      new ApiError('GET /', new Response('', { status: 503, headers: { 'retry-after': '7' } }), undefined),
      { status: {} },
    ]);
    start();
    await pass(6_999);
    expect(etags).to.have.length(1);
    await pass(1);
    expect(etags).to.have.length(2);
  });

  it('gives up on an error that another try does not solve', async () => {
    const notFound = new ApiError('GET /', new Response('', { status: 404 }), undefined);
    const { start, pass, etags, seen } = given([notFound]);
    start();
    await pass(60_000);
    expect(etags).to.have.length(1);
    expect(seen.errors).to.deep.equal([notFound]);
  });

  it('says nothing more after it was stopped, whatever is under way', async () => {
    const { start, stop, pass, seen } = given([{ status: {} }]);
    start();
    stop();
    await pass(10_000);
    expect(seen).to.deep.equal({ statuses: 0, connections: [], errors: [] });
  });
});
