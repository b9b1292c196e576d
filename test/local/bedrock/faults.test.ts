import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { expect } from 'chai';
import { AI_SLOW_MS } from '../../../local/aws/aws-faults.ts';
import {
  type AnsweredCall,
  type BedrockOptions,
  type EndedCall,
  startBedrock,
} from '../../../local/aws/bedrock/bedrock.ts';
import { failure } from '../http/testing.ts';

const SHARE = 0.2;
const CALLS = 200;

describe('the Bedrock mock: a broken connection, a late or empty answer, a busy service', () => {
  const open: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function start(options: BedrockOptions = {}) {
    const answered: AnsweredCall[] = [];
    const ended: EndedCall[] = [];
    const bedrock = await startBedrock({
      latencyMs: 0,
      onAnswer: (call) => answered.push(call),
      onEnd: (call) => ended.push(call),
      ...options,
    });
    open.push(() => bedrock.close());
    /** A client of HTTP/1.1. */
    const ask = (title: string) =>
      fetch(`${bedrock.url}/model/m/converse`, {
        method: 'POST',
        body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: `Action: "${title}"` }] }] }),
      });
    /** The SDK's client, which speaks HTTP/2. */
    const sdk = new BedrockRuntimeClient({
      endpoint: bedrock.url,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    open.push(() => sdk.destroy());
    const converse = (title: string) =>
      sdk.send(
        new ConverseCommand({ modelId: 'm', messages: [{ role: 'user', content: [{ text: `Action: "${title}"` }] }] }),
      );
    return { bedrock, ask, converse, answered, ended };
  }

  it('[ai:reset] ends the connection before the answer, and nothing was counted as invoked', async () => {
    const { bedrock, ask, converse, answered, ended } = await start({ latencyMs: 60_000 });
    expect(await failure(ask('Walk [ai:reset]'))).to.have.nested.property('cause.code', 'ECONNRESET');
    expect(await failure(converse('Run [ai:reset]'))).to.have.property('code', 'ERR_HTTP2_STREAM_ERROR');
    expect(bedrock.outcomes).to.deep.include({ reset: 2, answer: 0 });
    for (const calls of [answered, ended])
      expect(calls.map(({ outcome }) => outcome)).to.deep.equal(['reset', 'reset']);
    for (const call of answered) expect(call).not.to.have.property('usage');
  });

  it('[ai:cut] ends it in the middle of an answer that was paid for', async () => {
    const { ask, converse, answered } = await start();
    const response = await ask('Walk [ai:cut]');
    expect(response.status).to.equal(200);
    expect(Number(response.headers.get('content-length'))).to.be.above(100);
    expect(await failure(response.text())).to.be.instanceOf(Error);
    expect(await failure(converse('Run [ai:cut]'))).to.be.instanceOf(Error);
    expect(answered.map(({ outcome }) => outcome)).to.deep.equal(['cut', 'cut']);
    for (const { usage } of answered) expect(usage?.outputTokens).to.be.above(0);
  });

  it('[ai:empty] answers 200 with nothing', async () => {
    const { ask, converse, answered } = await start();
    const response = await ask('Walk [ai:empty]');
    expect(response.status).to.equal(200);
    expect(await response.text()).to.equal('');
    expect((await converse('Run [ai:empty]')).output).to.equal(undefined);
    for (const { outcome, usage } of answered) {
      expect(outcome).to.equal('empty');
      expect(usage?.outputTokens).to.be.above(0);
    }
  });

  it('[ai:slow] answers as ever, but later, by up to half a second', async () => {
    const { bedrock, ask, answered } = await start();
    const latencies = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const before = performance.now();
        const response = await ask(`Walk ${index} [ai:slow]`);
        const latencyMs = performance.now() - before;
        expect(await response.json()).to.have.property('stopReason', 'end_turn');
        return latencyMs;
      }),
    );
    expect(Math.min(...latencies)).to.be.below(AI_SLOW_MS / 2);
    expect(Math.max(...latencies)).to.be.above(AI_SLOW_MS / 2);
    expect(bedrock.outcomes).to.deep.include({ slow: 20, answer: 0 });
    for (const { outcome } of answered) expect(outcome).to.equal('answer');
  });

  for (const { tag, status, type } of [
    { tag: 'busy', status: 429, type: 'ThrottlingException' },
    { tag: 'unavailable', status: 503, type: 'ServiceUnavailableException' },
  ] as const) {
    it(`[ai:${tag}] is ${type} (${status}), half of the time with Retry-After`, async () => {
      const { ask, converse, answered } = await start({ latencyMs: 60_000 });
      const responses = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(`Walk ${index} [ai:${tag}]`)));
      const waits = responses.map((response) => response.headers.get('retry-after'));
      expect(waits.filter((wait) => wait === '1')).to.have.length.within(15, 45);
      expect(waits.filter((wait) => wait === null)).to.have.length(60 - waits.filter((wait) => wait === '1').length);
      for (const response of responses) {
        expect(response.status).to.equal(status);
        expect(response.headers.get('x-amzn-errortype')).to.equal(type);
      }
      const error = await failure(converse(`Run [ai:${tag}]`));
      expect(error).to.have.property('name', type);
      expect(error).to.have.nested.property('$metadata.httpStatusCode', status);
      for (const { outcome } of answered) expect(outcome).to.equal(tag);
    });
  }

  it('=N breaks only the first N calls of a text', async () => {
    const { ask } = await start();
    expect(await failure(ask('Walk [ai:reset=1]'))).to.be.instanceOf(Error);
    expect((await ask('Walk [ai:reset=1]')).status).to.equal(200);
  });

  it('a script sets an error with Retry-After', async () => {
    const error = { status: 503, type: 'ServiceUnavailableException', message: 'no', retryAfterSeconds: 7 };
    const { ask } = await start({ script: () => ({ error }) });
    const response = await ask('Walk');
    expect([response.status, response.headers.get('retry-after')]).to.deep.equal([503, '7']);
  });

  for (const fault of ['reset', 'cut', 'empty', 'slow', 'busy', 'unavailable'] as const) {
    it(`${fault} comes as often as its share says, the same with the same seed`, async () => {
      const drawn = async (seed: string) => {
        const { bedrock, ask, ended } = await start({ faults: { [fault]: SHARE }, seed });
        await Promise.all(
          Array.from({ length: CALLS }, (_, index) =>
            ask(`Walk ${index}`)
              .then((response) => response.text())
              .catch(() => undefined),
          ),
        );
        expect(ended).to.have.length(CALLS);
        expect(bedrock.outcomes.answer).to.equal(CALLS - bedrock.outcomes[fault]);
        return bedrock.outcomes[fault];
      };
      const [one, same] = await Promise.all([drawn('7'), drawn('7')]);
      expect(one).to.be.within(CALLS * SHARE * 0.6, CALLS * SHARE * 1.4);
      expect(same).to.equal(one);
    });
  }

  it('nothing of this comes when its share is 0', async () => {
    const { bedrock, ask } = await start();
    for (let index = 0; index < CALLS; index += 1) expect((await ask(`Walk ${index}`)).status).to.equal(200);
    expect(bedrock.outcomes.answer).to.equal(CALLS);
  });
});
