import {
  AccessDeniedException,
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandOutput,
  InternalServerException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import {
  type AnsweredCall,
  type Bedrock,
  type BedrockOptions,
  startBedrock,
} from '../../../local/aws/bedrock/bedrock.ts';
import { NO_AI_FAULTS } from '../../../local/aws/bedrock/settings.ts';
import { failure, until } from '../http/testing.ts';

const TOOL = 'save_tasks';

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

function prompt(title: string, goal = 'Speak Spanish'): string {
  return `Suggest tasks.\nGoal: ${JSON.stringify(goal)}\nAction: ${JSON.stringify(title)}\nReply in its language.`;
}

describe('the Bedrock mock', () => {
  const open: (() => Promise<void> | void)[] = [];

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function start(options: BedrockOptions = {}) {
    const bedrock = await startBedrock({ latencyMs: 0, ...options });
    open.push(() => bedrock.close());
    return { bedrock, converse: caller(bedrock) };
  }

  function caller(bedrock: Bedrock) {
    const client = new BedrockRuntimeClient({
      endpoint: bedrock.url,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    open.push(() => client.destroy());
    return (text: string, abortSignal?: AbortSignal): Promise<ConverseCommandOutput> =>
      client.send(
        new ConverseCommand({
          modelId: 'jp.anthropic.claude-haiku-4-5-20251001-v1:0',
          system: [{ text: 'You plan.' }],
          messages: [{ role: 'user', content: [{ text }] }],
          inferenceConfig: { maxTokens: 1000 },
          toolConfig: {
            tools: [{ toolSpec: { name: TOOL, inputSchema: { json: { type: 'object' } } } }],
            toolChoice: { tool: { name: TOOL } },
          },
        }),
        abortSignal === undefined ? {} : { abortSignal },
      );
  }

  function toolInput(output: ConverseCommandOutput): unknown {
    const [block] = output.output?.message?.content ?? [];
    expect(block?.toolUse?.name).to.equal(TOOL);
    expect(block?.toolUse?.toolUseId).to.match(/^tooluse_[\w-]{22}$/);
    return block?.toolUse?.input;
  }

  it('answers the forced tool with tasks that fit the schema and name the action', async () => {
    const { converse } = await start();
    const output = await converse(prompt('Read one "short" story'));
    const input = toolInput(output);
    expect(validate(input), JSON.stringify(validate.errors)).to.equal(true);
    expect(JSON.stringify(input)).to.include(JSON.stringify('Read one "short" story').slice(1, -1));
    expect(output.stopReason).to.equal('tool_use');
    expect(output.output?.message?.role).to.equal('assistant');
    expect(output.usage?.inputTokens).to.be.greaterThan(20);
    expect(output.usage?.totalTokens).to.equal((output.usage?.inputTokens ?? 0) + (output.usage?.outputTokens ?? 0));
    expect(output.metrics?.latencyMs).to.equal(0);
    expect(output.$metadata.requestId).to.match(/^[0-9a-f-]{36}$/);
  });

  it('answers a Japanese action with Japanese tasks', async () => {
    const { converse } = await start();
    const input = toolInput(await converse(prompt('毎朝ランニングをする', 'Run a marathon')));
    expect(validate(input), JSON.stringify(validate.errors)).to.equal(true);
    expect(JSON.stringify(input)).to.include('「毎朝ランニングをする」');
  });

  it('gives the same answer for the same seed and text, another for another seed', async () => {
    const text = prompt('Learn 20 verbs');
    const inputs = await Promise.all(
      ['a', 'a', 'b', 'c', 'd'].map(async (seed) => toolInput(await (await start({ seed })).converse(text))),
    );
    expect(inputs[1]).to.deep.equal(inputs[0]);
    expect(new Set(inputs.map((input) => JSON.stringify(input))).size).to.be.greaterThan(1);
  });

  for (const [tag, exception, status] of [
    ['throttle', ThrottlingException, 429],
    ['error', InternalServerException, 500],
    ['denied', AccessDeniedException, 403],
  ] as const) {
    it(`[ai:${tag}] is ${exception.name} (${status}) and does not wait for the latency`, async () => {
      const { bedrock, converse } = await start({ latencyMs: 60_000 });
      const error = await failure(converse(prompt(`Buy shoes [ai:${tag}]`)));
      expect(error).to.be.instanceOf(exception);
      expect(error).to.have.nested.property('$metadata.httpStatusCode', status);
      expect(bedrock.outcomes[tag]).to.equal(1);
    });
  }

  it('[ai:malformed] breaks the schema each time, in several ways', async () => {
    const { converse } = await start();
    const inputs: unknown[] = [];
    for (let call = 0; call < 12; call += 1)
      inputs.push(toolInput(await converse(prompt('Save money [ai:malformed]'))));
    expect(inputs.filter((input) => validate(input))).to.deep.equal([]);
    expect(new Set(inputs.map((input) => JSON.stringify(input))).size).to.be.greaterThan(2);
  });

  it('=N fails only the first N calls of a text, and each text is counted apart', async () => {
    const { bedrock, converse } = await start();
    const [first, second] = [prompt('Cook [ai:throttle=2]'), prompt('Bake [ai:throttle=2]')];
    for (const text of [first, second, first, second]) {
      expect(await failure(converse(text))).to.be.instanceOf(ThrottlingException);
    }
    for (const text of [first, second]) expect(validate(toolInput(await converse(text)))).to.equal(true);
    expect(bedrock.calls).to.equal(6);
  });

  it('hangs until the client aborts, and then counts the call out', async () => {
    const { bedrock, converse } = await start();
    const controller = new AbortController();
    const call = failure(converse(prompt('Sleep [ai:hang]'), controller.signal));
    await until(() => bedrock.concurrency.current === 1);
    controller.abort();
    expect(await call).to.have.property('name', 'AbortError');
    await until(() => bedrock.concurrency.current === 0);
    expect(bedrock.outcomes).to.deep.include({ hang: 1, answer: 0 });
  });

  it('close() ends hanging calls', async () => {
    const { bedrock, converse } = await start();
    const call = failure(converse(prompt('Sleep [ai:hang]')));
    await until(() => bedrock.concurrency.current === 1);
    await bedrock.close();
    expect(await call).to.be.instanceOf(Error);
  });

  it('hangs for a client of HTTP/1.1 as well', async () => {
    const { bedrock } = await start();
    const controller = new AbortController();
    const messages = [{ role: 'user', content: [{ text: prompt('Sleep [ai:hang]') }] }];
    const call = failure(
      fetch(`${bedrock.url}/model/x/converse`, {
        method: 'POST',
        body: JSON.stringify({ messages }),
        signal: controller.signal,
      }),
    );
    await until(() => bedrock.concurrency.current === 1);
    controller.abort();
    expect(await call).to.have.property('name', 'AbortError');
    await until(() => bedrock.concurrency.current === 0);
  });

  it('draws each fault at its rate, the same with the same seed', async function () {
    this.timeout(10_000);
    const faults = { throttle: 0.2, error: 0.1, malformed: 0.2, denied: 0.1 };
    const [one, two] = await Promise.all([start({ faults, seed: 7 }), start({ faults, seed: 7 })]);
    const outcomes = async ({ bedrock, converse }: typeof one) => {
      for (let index = 0; index < 200; index += 1) await converse(prompt(`Action ${index}`)).catch(() => undefined);
      return bedrock.outcomes;
    };
    const [first, second] = await Promise.all([outcomes(one), outcomes(two)]);
    expect(first).to.deep.equal(second);
    expect(first.throttle).to.be.within(20, 60);
    expect(first.error).to.be.within(8, 35);
    expect(first.malformed).to.be.within(20, 60);
    expect(first.denied).to.be.within(8, 35);
    expect(first.hang).to.equal(0);
  });

  it('takes as long as the latency range says, shortened by the time scale', async () => {
    const { converse } = await start({ latencyMs: '400-1200', timeScale: 0.05 });
    const latencies = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const before = performance.now();
        const { metrics } = await converse(prompt(`Walk ${index}`));
        const latency = metrics?.latencyMs ?? -1;
        expect(performance.now() - before).to.be.at.least(latency - 2);
        return latency;
      }),
    );
    expect(Math.min(...latencies)).to.be.within(20, 35);
    expect(Math.max(...latencies)).to.be.within(45, 60);
  });

  it('measures how many calls run at once', async () => {
    const { bedrock, converse } = await start({ latencyMs: 300 });
    const calls = Array.from({ length: 24 }, (_, index) => converse(prompt(`Swim ${index}`)));
    await until(() => bedrock.concurrency.current === 24);
    await Promise.all(calls);
    expect(bedrock.concurrency).to.deep.equal({ current: 0, peak: 24 });
    await converse(prompt('Dry'));
    expect(bedrock.concurrency.peak).to.equal(24);
  });

  it('takes new settings while it runs, and refuses bad ones whole', async () => {
    const { bedrock, converse } = await start({ latencyMs: 0, seed: 3 });
    expect(bedrock.configure({ faults: { denied: 1 } }).faults.denied).to.equal(1);
    expect(await failure(converse(prompt('Sing')))).to.be.instanceOf(AccessDeniedException);
    expect(() => bedrock.configure({ seed: 4, faults: { denied: 2 } })).to.throw('faults.denied');
    expect(bedrock.settings()).to.deep.equal({
      latencyMs: '0',
      seed: '3',
      faults: { ...NO_AI_FAULTS, denied: 1 },
    });
    bedrock.configure({ faults: { denied: 0 } });
    expect(validate(toolInput(await converse(prompt('Sing'))))).to.equal(true);
  });

  it('answers 404 for any path but Converse, over HTTP/1.1 as well', async () => {
    const { bedrock } = await start();
    for (const path of ['/', '/model/x/invoke', '/model//converse', '/models/x/converse', '/model/%E0/converse']) {
      const response = await fetch(`${bedrock.url}${path}`, { method: 'POST', body: '{}' });
      expect(response.status, path).to.equal(404);
      expect(response.headers.get('x-amzn-errortype')).to.equal('UnknownOperationException');
      expect(await response.json()).to.have.property('message');
    }
    expect((await fetch(`${bedrock.url}/model/x/converse`)).status).to.equal(404);
    expect(bedrock.calls).to.equal(0);
  });

  it('answers 400 for a body that Bedrock would refuse', async () => {
    const { bedrock, converse } = await start();
    const post = (body: string) => fetch(`${bedrock.url}/model/x/converse`, { method: 'POST', body });
    const message = { role: 'user', content: [{ text: 'hi' }] };
    const tools = [{ toolSpec: { name: 'a', inputSchema: { json: {} } } }];
    for (const [body, type] of [
      ['{', 'SerializationException'],
      ['[]', 'SerializationException'],
      ['{}', 'ValidationException'],
      [JSON.stringify({ messages: [message], toolConfig: { tools: [] } }), 'ValidationException'],
      [
        JSON.stringify({ messages: [message], toolConfig: { tools, toolChoice: { tool: { name: 'b' } } } }),
        'ValidationException',
      ],
      ['x'.repeat(4 * 1024 * 1024 + 1), 'ValidationException'],
    ]) {
      const response = await post(body ?? '');
      expect(response.status, body?.slice(0, 80)).to.equal(400);
      expect(response.headers.get('x-amzn-errortype')).to.equal(type);
    }
    expect(await failure(converse('  '))).to.be.instanceOf(ValidationException);
    expect(bedrock.calls).to.equal(0);
  });

  it('answers in words when the request offers no tool', async () => {
    const { bedrock } = await start();
    const messages = [{ role: 'user', content: [{ text: prompt('Paint') }] }];
    const response = await fetch(`${bedrock.url}/model/x/converse`, {
      method: 'POST',
      body: JSON.stringify({ messages }),
    });
    const body: unknown = await response.json();
    expect(body).to.have.property('stopReason', 'end_turn');
    expect(body).to.have.nested.property('output.message.content[0].text').that.includes('"Paint"');
  });

  it('tells of each call that it answered: the model, what became of it, how long it took, and its tokens', async () => {
    const answered: AnsweredCall[] = [];
    const { converse } = await start({ latencyMs: 30, onAnswer: (call) => answered.push(call) });
    const { usage } = await converse(prompt('Learn ten verbs'));
    await failure(converse(prompt('Learn [ai:throttle]')));
    await converse(prompt('Learn [ai:malformed]'));
    expect(answered.map(({ outcome }) => outcome)).to.deep.equal(['answer', 'throttle', 'malformed']);
    expect(answered[0]).to.deep.include({
      modelId: 'jp.anthropic.claude-haiku-4-5-20251001-v1:0',
      usage: JSON.parse(JSON.stringify(usage)),
    });
    expect(answered[0]?.latencyMs).to.be.at.least(29);
    expect(answered[1]).not.to.have.property('usage');
  });

  it('tells of no call whose client has gone away', async () => {
    const answered: AnsweredCall[] = [];
    const { bedrock, converse } = await start({ onAnswer: (call) => answered.push(call) });
    const client = new AbortController();
    const call = failure(converse(prompt('Learn [ai:hang]'), client.signal));
    await until(() => bedrock.concurrency.current === 1);
    client.abort();
    await call;
    await until(() => bedrock.concurrency.current === 0);
    expect(answered).to.deep.equal([]);
  });
});
