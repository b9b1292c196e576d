import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../../test/support/failure.ts';
import { CLIENT_LIMITS, createClient } from '../../src/aws/clients.ts';
import { createDatabase } from '../../src/aws/database.ts';
import { currentDeadline, obeyDeadline, timeLeftMs, underDeadline } from '../../src/aws/deadline.ts';

const context = (leftMs: number) => ({ awsRequestId: 'r', getRemainingTimeInMillis: () => leftMs });

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

describe('the deadline of an invocation', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => clock.restore());

  for (const [leftMs, deadlineMs] of [
    [25_000, 24_000],
    [118_000, 117_000],
    [10_000, 9_000],
    [2_000, 1_800],
  ] as const) {
    it(`is ${deadlineMs} ms after the beginning where ${leftMs} ms are left`, async () => {
      const signal = await underDeadline(context(leftMs), async () => {
        const deadline = currentDeadline();
        clock.tick(deadlineMs - 1);
        expect(deadline?.aborted).to.equal(false);
        clock.tick(1);
        return deadline;
      });
      expect(signal?.aborted).to.equal(true);
    });
  }

  it('says how much time is left, of this invocation, and that there is no end outside of one', async () => {
    await underDeadline(context(10_000), async () => {
      const before = timeLeftMs();
      expect(before).to.be.within(8_000, 9_000);
      const until = performance.now() + 5;
      while (performance.now() < until);
      expect(timeLeftMs()).to.be.within(before - 1_000, before - 5);
    });
    expect(timeLeftMs()).to.equal(Number.POSITIVE_INFINITY);
  });

  it('is over with the invocation, and leaves no timer', async () => {
    const signal = await underDeadline(context(1_000), async () => currentDeadline());
    await failureOf(underDeadline(context(1_000), () => Promise.reject(new Error('no'))));
    expect(clock.countTimers()).to.equal(0);
    expect(signal?.aborted).to.equal(false);
    expect(currentDeadline()).to.equal(undefined);
  });

  it('is of each invocation that shares the process its own', async () => {
    const signals = await Promise.all(
      [1_000, 2_000].map((leftMs) => underDeadline(context(leftMs), async () => currentDeadline())),
    );
    expect(signals[0]).not.to.equal(signals[1]);
  });

  it('is none where nobody says how much time is left', async () => {
    for (const none of [undefined, { awsRequestId: 'r' }])
      expect(await underDeadline(none, async () => [currentDeadline(), clock.countTimers()])).to.deep.equal([
        undefined,
        0,
      ]);
  });
});

describe('a client that obeys the deadline', () => {
  it('sends what it is given, as itself', async () => {
    const { client, sent } = noting();
    const command = { input: 1 };
    expect(client.send(command, { other: 7 })).to.equal('client');
    expect(client.send(command)).to.equal('client');
    expect(sent).to.deep.equal([
      { command, options: { other: 7 } },
      { command, options: {} },
    ]);
  });

  it('gives up at the deadline, or before when its caller wants so', async () => {
    const { client, sent } = noting();
    const caller = new AbortController();
    await underDeadline(context(20), async () => {
      client.send({});
      client.send({}, { abortSignal: caller.signal });
      const deadline = currentDeadline();
      if (deadline !== undefined && !deadline.aborted) await once(deadline, 'abort');
    });
    expect(sent.map(({ options }) => options.abortSignal?.aborted)).to.deep.equal([true, true]);
    client.send({}, { abortSignal: caller.signal });
    expect(sent[2]?.options.abortSignal?.aborted).to.equal(false);
    caller.abort();
    expect(sent[2]?.options.abortSignal?.aborted).to.equal(true);
  });

  it('is a client', () => {
    expect(() => obeyDeadline({ send: {} })).to.throw('send');
  });
});

describe('a service that does not answer', () => {
  let server: Server;
  let begin = false;
  let url = '';
  before(async () => {
    server = createServer((_request, response) => {
      if (begin) response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).write('{"Item":');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    url = `http://127.0.0.1:${address.port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const place = () => ({ endpoint: url, region: 'x', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const read = () =>
    createDatabase({}, place()).client.send(new GetCommand({ TableName: 'goals', Key: { goalId: 'g' } }));

  for (const half of [false, true]) {
    it(`is given up at the deadline, ${half ? 'in the middle of its answer' : 'before its answer'}`, async () => {
      begin = half;
      const started = performance.now();
      const failure = await failureOf(underDeadline(context(500), read));
      expect(failure.name).to.equal('AbortError');
      expect(performance.now() - started).to.be.within(440, 900);
    });
  }

  it('is never asked once the deadline has passed', async () => {
    let asked = 0;
    server.on('request', () => {
      asked += 1;
    });
    await underDeadline(context(20), async () => {
      const deadline = currentDeadline();
      if (deadline !== undefined && !deadline.aborted) await once(deadline, 'abort');
      expect((await failureOf(read())).name).to.equal('AbortError');
    });
    expect(asked).to.equal(0);
  });
});

describe('the limits of a client', () => {
  it('are those of all clients, unless they are changed', async () => {
    const limitsOf = async (client: SNSClient) => {
      const { requestHandler, maxAttempts } = client.config;
      await failureOf(client.send(new ListTopicsCommand({})));
      const handler: object = Reflect.apply(Reflect.get(requestHandler, 'httpHandlerConfigs'), requestHandler, []);
      return { ...handler, attempts: await maxAttempts() };
    };
    const place = {
      endpoint: 'http://127.0.0.1:1',
      region: 'x',
      credentials: { accessKeyId: 't', secretAccessKey: 't' },
    };
    const expected = {
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      socketTimeout: 5_000,
      throwOnRequestTimeout: true,
    };
    expect(await limitsOf(createClient(SNSClient, place))).to.include({ ...expected, attempts: 3 });
    expect(await limitsOf(createClient(SNSClient, { ...place, maxAttempts: 1 }))).to.include({
      ...expected,
      attempts: 1,
    });
    expect(CLIENT_LIMITS).to.deep.equal({ connectMs: 3_000, requestMs: 5_000, attempts: 3 });
  });
});
