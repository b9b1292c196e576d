import { once } from 'node:events';
import { createServer } from 'node:http';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../../test/support/failure.ts';
import { createDatabase } from '../../src/aws/database.ts';
import { currentDeadline, obeyDeadline, timeLeftMs, underDeadline } from '../../src/aws/deadline.ts';

const context = (leftMs: number) => ({ awsRequestId: 'r', getRemainingTimeInMillis: () => leftMs });

/** Waits for the end of the invocation that this runs in. */
async function deadlinePassed() {
  const deadline = currentDeadline();
  if (deadline !== undefined && !deadline.aborted) await once(deadline, 'abort');
}

describe('the deadline of an invocation', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => clock.restore());

  it('is a tenth of the time, at most a second, before its end', async () => {
    for (const [leftMs, deadlineMs] of [
      [25_000, 24_000],
      [10_000, 9_000],
      [2_000, 1_800],
    ] as const)
      await underDeadline(context(leftMs), async () => {
        clock.tick(deadlineMs - 1);
        expect(currentDeadline()?.aborted).to.equal(false);
        clock.tick(1);
        expect(currentDeadline()?.aborted).to.equal(true);
      });
  });

  it('says how much time is left, of this invocation, and that there is no end outside of one', async () => {
    await underDeadline(context(10_000), async () => {
      expect(timeLeftMs()).to.equal(9_000);
      clock.tick(5);
      expect(timeLeftMs()).to.equal(8_995);
    });
    expect(timeLeftMs()).to.equal(Number.POSITIVE_INFINITY);
  });

  it('is of each invocation that shares the process its own, is over with it, and leaves no timer', async () => {
    const ofOne = () => underDeadline(context(1_000), async () => currentDeadline());
    const [one, other] = await Promise.all([ofOne(), ofOne()]);
    expect(one).not.to.equal(other);
    await failureOf(underDeadline(context(1_000), () => Promise.reject(new Error('no'))));
    expect(clock.countTimers()).to.equal(0);
    expect(one?.aborted).to.equal(false);
    expect(currentDeadline()).to.equal(undefined);
  });

  it('is none where nobody says how much time is left', async () => {
    for (const none of [undefined, { awsRequestId: 'r' }]) {
      const found = await underDeadline(none, async () => [currentDeadline(), clock.countTimers()]);
      expect(found).to.deep.equal([undefined, 0]);
    }
  });
});

describe('a client that obeys the deadline', () => {
  /** A client that notes what it is sent, and answers with its own name. */
  const noting = () => {
    const sent: { command: object; options: { abortSignal?: AbortSignal; other?: number } }[] = [];
    const client = obeyDeadline({
      name: 'client',
      send(command: object, options: { abortSignal?: AbortSignal; other?: number } = {}) {
        sent.push({ command, options });
        return this.name;
      },
    });
    return { client, sent };
  };

  it('sends what it is given, as itself', () => {
    const { client, sent } = noting();
    const command = { input: 1 };
    expect([client.send(command, { other: 7 }), client.send(command)]).to.deep.equal(['client', 'client']);
    expect(sent).to.deep.equal([
      { command, options: { other: 7 } },
      { command, options: {} },
    ]);
  });

  it('gives up at the deadline, or before when its caller wants so', async () => {
    const { client, sent } = noting();
    const [early, late] = [new AbortController(), new AbortController()];
    const aborted = () => sent.map(({ options }) => options.abortSignal?.aborted);
    await underDeadline(context(20), async () => {
      client.send({});
      for (const { signal } of [early, late]) client.send({}, { abortSignal: signal });
      early.abort();
      expect(aborted()).to.deep.equal([false, true, false]);
      await deadlinePassed();
    });
    client.send({}, { abortSignal: late.signal });
    expect(aborted()).to.deep.equal([true, true, true, false]);
    late.abort();
    expect(aborted()).to.deep.equal([true, true, true, true]);
  });

  it('is a client', () => {
    expect(() => obeyDeadline({ send: {} })).to.throw('send');
  });
});

describe('a service that does not answer', () => {
  let begins = false;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (begins) response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).write('{"Item":');
  });
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const read = () => {
    const endpoint = `http://127.0.0.1:${Object(server.address()).port}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const { client } = createDatabase({}, { endpoint, region: 'x', credentials });
    return client.send(new GetCommand({ TableName: 'goals', Key: { goalId: 'g' } }));
  };

  for (const half of [false, true]) {
    it(`is given up at the deadline, ${half ? 'in the middle of its answer' : 'before its answer'}`, async () => {
      begins = half;
      // Only the deadline ends it: the time limits of the SDK stand still, too.
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        const arrived = once(server, 'request');
        const failed = failureOf(underDeadline(context(500), read));
        await arrived;
        clock.tick(450);
        expect((await failed).name).to.equal('AbortError');
      } finally {
        clock.restore();
      }
    });
  }

  it('is never asked once the deadline has passed', async () => {
    const before = asked;
    await underDeadline(context(20), async () => {
      await deadlinePassed();
      expect((await failureOf(read())).name).to.equal('AbortError');
    });
    expect([asked - before, asked > 0]).to.deep.equal([0, true]);
  });
});
