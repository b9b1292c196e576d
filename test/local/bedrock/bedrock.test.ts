import { ConverseCommand, type ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { createModelClient } from '../../../lambdas/generate-tasks/src/bedrock.ts';
import { AI_SLOW_MS } from '../../../local/aws/aws-faults.ts';
import {
  type AnsweredCall,
  type BedrockOptions,
  createBedrock,
  type EndedCall,
} from '../../../local/aws/bedrock/bedrock.ts';
import { type AiSettings, type Fault, NO_AI_FAULTS } from '../../../local/aws/bedrock/settings.ts';
import { failureOf } from '../../support/failure.ts';
import { until } from '../../support/until.ts';
import { clientConfig, signedFor, useEndpoints } from '../aws/clients.ts';

const TOOL = 'save_tasks';
const toolSpec = { name: TOOL, inputSchema: { json: { type: 'object' } } };

const validate = new Ajv().compile({
  type: 'object',
  required: ['tasks'],
  additionalProperties: false,
  properties: {
    tasks: {
      type: 'array',
      minItems: 3,
      maxItems: 5,
      items: {
        type: 'object',
        required: ['title', 'description', 'type', 'estimatedMinutes'],
        additionalProperties: false,
        properties: {
          title: { type: 'string', minLength: 1, maxLength: 200 },
          description: { type: 'string', minLength: 1, maxLength: 1000 },
          type: { enum: ['execution', 'habit'] },
          estimatedMinutes: { type: 'integer', minimum: 5, maximum: 240 },
        },
      },
    },
  },
});

describe('the Bedrock mock', function () {
  this.timeout(20_000);
  const endpoints = useEndpoints();

  async function start(settings: Partial<AiSettings> = {}, options: BedrockOptions = {}) {
    const answered: AnsweredCall[] = [];
    const ended: EndedCall[] = [];
    const bedrock = createBedrock({
      settings: { latencyMs: '0', ...settings },
      onAnswer: (call) => answered.push(call),
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
    return { bedrock, url, converse, answered, ended };
  }

  function toolInput(output: ConverseCommandOutput): unknown {
    const [block] = output.output?.message?.content ?? [];
    expect(block?.toolUse?.name).to.equal(TOOL);
    expect(block?.toolUse?.toolUseId).to.match(/^tooluse_[\w-]{22}$/);
    return block?.toolUse?.input;
  }

  for (const [title, quoted] of [
    ['Read one "short" story', 'Read one \\"short\\" story'],
    ['毎朝ランニングをする', '「毎朝ランニングをする」'],
  ] as const) {
    it(`answers the forced tool with tasks that fit the schema and name the action: ${title}`, async () => {
      const { converse, answered } = await start();
      const output = await converse(title);
      const input = toolInput(output);
      expect(validate(input), JSON.stringify(validate.errors)).to.equal(true);
      expect(JSON.stringify(input)).to.include(quoted);
      expect(output).to.deep.include({ stopReason: 'tool_use', metrics: { latencyMs: 0 } });
      const { inputTokens = 0, outputTokens = 0, totalTokens } = output.usage ?? {};
      expect([inputTokens > 20, outputTokens > 20, totalTokens]).to.deep.equal([
        true,
        true,
        inputTokens + outputTokens,
      ]);
      const usage = { inputTokens, outputTokens, totalTokens };
      expect(answered[0]).to.deep.include({ modelId: 'jp.anthropic.claude-haiku-4-5-20251001-v1:0', usage });
    });
  }

  it('gives the same answer for the same seed and text, another for another seed', async () => {
    const seeds = ['a', 'a', 'b', 'c', 'd'];
    const ask = async (seed: string) => toolInput(await (await start({ seed })).converse('Learn 20 verbs'));
    const [one, same, ...others] = await Promise.all(seeds.map(ask));
    expect(same).to.deep.equal(one);
    expect(others).not.to.deep.equal([one, one, one]);
  });

  for (const [tag, name, status] of [
    ['throttle', 'ThrottlingException', 429],
    ['busy', 'ThrottlingException', 429],
    ['unavailable', 'ServiceUnavailableException', 503],
    ['error', 'InternalServerException', 500],
    ['denied', 'AccessDeniedException', 403],
  ] as const) {
    it(`[ai:${tag}] is ${name} (${status}) and does not wait for the latency`, async () => {
      const { converse, answered, ended } = await start({ latencyMs: '60000' });
      const error = await failureOf(converse(`Buy shoes [ai:${tag}]`));
      expect(error).to.have.property('name', name);
      expect(error).to.have.nested.property('$metadata.httpStatusCode', status);
      expect([answered[0]?.outcome, answered[0]?.usage, ended[0]?.outcome]).to.deep.equal([tag, undefined, tag]);
    });
  }

  it('[ai:malformed] breaks the schema each time, in several ways', async () => {
    const { converse } = await start();
    const inputs: unknown[] = [];
    for (let call = 0; call < 12; call += 1) inputs.push(toolInput(await converse('Save money [ai:malformed]')));
    expect(inputs.filter((input) => validate(input))).to.deep.equal([]);
    expect(new Set(inputs.map((input) => JSON.stringify(input))).size).to.be.above(2);
  });

  it('[ai:reset] ends the connection before the answer, and [ai:cut] in the middle of one that was paid for', async () => {
    const { converse, answered } = await start();
    expect(await failureOf(converse('Walk [ai:reset]'))).to.have.property('code', 'ECONNRESET');
    expect(await failureOf(converse('Walk [ai:cut]'))).to.be.instanceOf(Error);
    expect(answered.map(({ outcome }) => outcome)).to.deep.equal(['reset', 'cut']);
    expect(answered.map(({ usage }) => (usage?.outputTokens ?? 0) > 0)).to.deep.equal([false, true]);
  });

  it('[ai:empty] answers 200 with nothing, and [ai:slow] as ever, but later', async () => {
    const { converse, answered } = await start();
    expect((await converse('Run [ai:empty]')).output).to.equal(undefined);
    const slow = await Promise.all(Array.from({ length: 20 }, (_, index) => converse(`Walk ${index} [ai:slow]`)));
    for (const output of slow) expect(validate(toolInput(output))).to.equal(true);
    expect(answered.map(({ outcome }) => outcome)).to.deep.equal(['empty', ...slow.map(() => 'answer')]);
    const latencies = answered.slice(1).map(({ latencyMs }) => latencyMs);
    expect(Math.max(...latencies)).to.be.above(AI_SLOW_MS / 2);
  });

  it('[ai:hang] lasts until the client aborts, which is told as nothing that was answered', async () => {
    const { bedrock, converse, answered, ended } = await start();
    const controller = new AbortController();
    const call = failureOf(converse('Sleep [ai:hang]', controller.signal));
    await until(() => bedrock.concurrency.current === 1);
    controller.abort();
    expect(await call).to.have.property('name', 'AbortError');
    await until(() => bedrock.concurrency.current === 0);
    expect([answered, ended.map(({ outcome }) => outcome)]).to.deep.equal([[], ['gone']]);
  });

  it('=N fails only the first N calls of a text, and each text is counted apart', async () => {
    const { bedrock, converse } = await start();
    const titles = ['Cook [ai:throttle=2]', 'Bake [ai:throttle=2]'];
    for (const title of [...titles, ...titles])
      expect(await failureOf(converse(title))).to.have.property('name', 'ThrottlingException');
    for (const title of titles) expect(validate(toolInput(await converse(title)))).to.equal(true);
    expect(bedrock.calls).to.equal(6);
  });

  it('lets a script decide, in place of settings and tags', async () => {
    const error = { status: 503, type: 'ServiceUnavailableException', message: 'no', retryAfterSeconds: 7 };
    const script = (action: string) => (action === 'Walk' ? { error } : { toolInput: { tasks: [action] } });
    const { converse } = await start({}, { script });
    const failure = await failureOf(converse('Walk [ai:denied]'));
    expect(failure).to.have.nested.property('$response.headers.retry-after', '7');
    expect(toolInput(await converse('Run'))).to.deep.equal({ tasks: ['Run'] });
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

  it('takes new settings while it runs, and refuses bad ones whole', async () => {
    const { bedrock, converse } = await start({ seed: '3' });
    expect(bedrock.configure({ faults: { denied: 1 } }).faults.denied).to.equal(1);
    expect(await failureOf(converse('Sing'))).to.have.property('name', 'AccessDeniedException');
    expect(() => bedrock.configure({ seed: 4, faults: { denied: 2 } })).to.throw('faults.denied');
    expect(bedrock.settings()).to.deep.equal({ latencyMs: '0', seed: '3', faults: { ...NO_AI_FAULTS, denied: 1 } });
  });

  it('refuses what Bedrock would refuse, and what the application does not ask', async () => {
    const { bedrock, url } = await start();
    const message = { role: 'user', content: [{ text: 'hi' }] };
    const toolConfig = { tools: [{ toolSpec }], toolChoice: { tool: { name: TOOL } } };
    const PATH = '/model/x/converse';
    for (const [path, body, status, type] of [
      ['/model/x/invoke', '{}', 404, 'UnknownOperationException'],
      [PATH, '{', 400, 'SerializationException'],
      [PATH, '[]', 400, 'ValidationException'],
      [PATH, JSON.stringify({ messages: [message] }), 400, 'ValidationException'],
      [PATH, JSON.stringify({ messages: [], toolConfig }), 400, 'ValidationException'],
      [
        PATH,
        JSON.stringify({ messages: [message], toolConfig: { ...toolConfig, tools: [] } }),
        400,
        'ValidationException',
      ],
      [PATH, 'x'.repeat(4 * 1024 * 1024 + 1), 400, 'ValidationException'],
    ] as const) {
      const response = await fetch(url + path, { method: 'POST', body, headers: signedFor('bedrock') });
      const shown = [response.status, response.headers.get('x-amzn-errortype')];
      expect(shown, body.slice(0, 80)).to.deep.equal([status, type]);
    }
    expect(bedrock.calls).to.equal(0);
  });
});
