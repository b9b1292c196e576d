import { ConverseCommand, type ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import { expect } from 'chai';
import { createModelClient } from '../../../lambdas/generate-tasks/src/bedrock.ts';
import { AI_SLOW_MS } from '../../../local/aws/aws-faults.ts';
import { type BedrockOptions, createBedrock, type EndedCall } from '../../../local/aws/bedrock/bedrock.ts';
import { type AiSettings, type Fault, NO_AI_FAULTS } from '../../../local/aws/bedrock/settings.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, signedFor, useEndpoints } from '../aws/clients.ts';

const TOOL = 'save_tasks';
const toolSpec = { name: TOOL, inputSchema: { json: { type: 'object' } } };

describe('the Bedrock mock', function () {
  this.timeout(20_000);
  const endpoints = useEndpoints();

  async function start(settings: Partial<AiSettings> = {}, options: BedrockOptions = {}) {
    const ended: EndedCall[] = [];
    const bedrock = createBedrock({
      settings: { latencyMs: '0', ...settings },
      onEnd: (call) => ended.push(call),
      ...options,
    });
    const url = await endpoints.start({ bedrock: bedrock.service });
    const client = createModelClient(clientConfig(url));
    endpoints.onClose(() => client.destroy());
    const converse = (title: string, abortSignal?: AbortSignal): Promise<ConverseCommandOutput> =>
      client.send(
        new ConverseCommand({
          modelId: 'jp.anthropic.claude-haiku-4-5-20251001-v1:0',
          system: [{ text: 'You plan.' }],
          messages: [{ role: 'user', content: [{ text: `Goal: "Run"\nAction: ${JSON.stringify(title)}` }] }],
          toolConfig: { tools: [{ toolSpec }], toolChoice: { tool: { name: TOOL } } },
        }),
        abortSignal === undefined ? {} : { abortSignal },
      );
    return { bedrock, url, converse, ended };
  }

  function toolInput(output: ConverseCommandOutput): unknown {
    const [block] = output.output?.message?.content ?? [];
    expect(block?.toolUse?.name).to.equal(TOOL);
    return block?.toolUse?.input;
  }

  it('gives the same answer for the same seed and text, another for another seed', async () => {
    const seeds = ['a', 'a', 'b', 'c', 'd'];
    const ask = async (seed: string) => toolInput(await (await start({ seed })).converse('Learn 20 verbs'));
    const [one, same, ...others] = await Promise.all(seeds.map(ask));
    expect(same).to.deep.equal(one);
    expect(others).not.to.deep.equal([one, one, one]);
  });

  it('[ai:<fault>] is the error that Bedrock has for it, and does not wait for the latency', async () => {
    const { converse, ended } = await start({ latencyMs: '60000' });
    for (const [tag, name, status] of [
      ['throttle', 'ThrottlingException', 429],
      ['busy', 'ThrottlingException', 429],
      ['unavailable', 'ServiceUnavailableException', 503],
      ['error', 'InternalServerException', 500],
      ['denied', 'AccessDeniedException', 403],
    ] as const) {
      const error = await failureOf(converse(`Buy shoes [ai:${tag}]`));
      expect(error).to.have.property('name', name);
      expect(error).to.have.nested.property('$metadata.httpStatusCode', status);
      expect(ended.at(-1)).to.include({ outcome: tag, usage: undefined });
    }
  });

  it('[ai:reset] ends the connection before the answer, and [ai:cut] in the middle of one that was paid for', async () => {
    const { converse, ended } = await start();
    expect(await failureOf(converse('Walk [ai:reset]'))).to.have.property('code', 'ECONNRESET');
    expect(await failureOf(converse('Walk [ai:cut]'))).to.be.instanceOf(Error);
    expect(ended.map(({ outcome }) => outcome)).to.deep.equal(['reset', 'cut']);
    expect(ended.map(({ usage }) => (usage?.outputTokens ?? 0) > 0)).to.deep.equal([false, true]);
  });

  it('[ai:empty] answers 200 with nothing, and [ai:slow] as ever, but later', async () => {
    const { converse, ended } = await start();
    expect((await converse('Run [ai:empty]')).output).to.equal(undefined);
    await Promise.all(Array.from({ length: 20 }, (_, index) => converse(`Walk ${index} [ai:slow]`)));
    expect(new Set(ended.slice(1).map(({ outcome }) => outcome))).to.deep.equal(new Set(['answer']));
    const latencies = ended.slice(1).map(({ startedAt, endedAt }) => endedAt - startedAt);
    expect(Math.max(...latencies)).to.be.above(AI_SLOW_MS / 2);
  });

  it('draws each fault at its share, the same with the same seed, and half of the busy answers say how long to wait', async () => {
    const drawn: Fault[] = ['throttle', 'malformed', 'denied', 'reset', 'cut', 'empty', 'busy', 'unavailable'];
    const faults = { ...NO_AI_FAULTS, ...Object.fromEntries(drawn.map((fault) => [fault, 0.1])) };
    const outcomes = async () => {
      const { converse, ended } = await start({ faults, seed: '7' });
      const waits: unknown[] = [];
      const ask = (_: unknown, index: number) =>
        converse(`Action ${index}`).catch(({ $response }) => waits.push($response?.headers['retry-after']));
      await Promise.all(Array.from({ length: 200 }, ask));
      const drawnFor = Object.fromEntries(ended.map(({ action, outcome }) => [action, outcome]));
      return { drawnFor, waits: waits.filter((wait) => wait === '1').length };
    };
    const [one, same] = [await outcomes(), await outcomes()];
    expect(same).to.deep.equal(one);
    const found = Object.values(one.drawnFor);
    for (const fault of drawn) expect(found.filter((outcome) => outcome === fault)).to.have.length.within(7, 36);
    expect(one.waits).to.be.within(7, 36);
  });

  it('takes as long as the latency range says, and measures how many calls run at once', async () => {
    const { bedrock, converse } = await start({ latencyMs: '50-150' });
    const calls = Array.from({ length: 24 }, async (_, index) => {
      const before = performance.now();
      const latency = (await converse(`Walk ${index}`)).metrics?.latencyMs ?? -1;
      expect(performance.now() - before).to.be.at.least(latency - 2);
      return latency;
    });
    const latencies = await Promise.all(calls);
    expect([Math.min(...latencies) < 75, Math.max(...latencies) > 125]).to.deep.equal([true, true]);
    expect(bedrock.concurrency.current).to.equal(0);
    expect(bedrock.concurrency.peak).to.be.within(2, 24);
  });

  it('refuses what Bedrock would refuse, and what the application does not ask', async () => {
    const { bedrock, url } = await start();
    const message = { role: 'user', content: [{ text: 'hi' }] };
    const toolConfig = { tools: [{ toolSpec }], toolChoice: { tool: { name: TOOL } } };
    const PATH = '/model/x/converse';
    const noTool = { messages: [message], toolConfig: { ...toolConfig, tools: [] } };
    for (const [path, body, status, type] of [
      ['/model/x/invoke', '{}', 404, 'UnknownOperationException'],
      [PATH, JSON.stringify({ messages: [message] }), 400, 'ValidationException'],
      [PATH, JSON.stringify({ messages: [], toolConfig }), 400, 'ValidationException'],
      [PATH, JSON.stringify(noTool), 400, 'ValidationException'],
    ] as const) {
      const response = await fetch(url + path, { method: 'POST', body, headers: signedFor('bedrock') });
      const shown = [response.status, response.headers.get('x-amzn-errortype')];
      expect(shown, body.slice(0, 80)).to.deep.equal([status, type]);
    }
    expect(bedrock.calls).to.equal(0);
  });
});
