import { ConverseCommand, type ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import { expect } from 'chai';
import fc from 'fast-check';
import { createModelClient } from '../../../lambdas/generate-tasks/src/bedrock.ts';
import { createBedrock, type EndedCall } from '../../../local/aws/bedrock/bedrock.ts';
import { isJapanese, readPrompt, taggedFault } from '../../../local/aws/bedrock/prompt.ts';
import { type AiSettings, type Fault, NO_AI_FAULTS } from '../../../local/aws/bedrock/settings.ts';
import { generateTasks, malformedInput } from '../../../local/aws/bedrock/tasks.ts';
import { anyCodePoint } from '../../support/code-point.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, useEndpoints } from '../../support/stack/endpoints.ts';

const TOOL = 'save_tasks';
const toolConfig = {
  tools: [{ toolSpec: { name: TOOL, inputSchema: { json: { type: 'object' } } } }],
  toolChoice: { tool: { name: TOOL } },
};

/** Latency is seen by test/performance/demo.test.ts, broken connections by test/properties/backoff.test.ts. */
describe('the Bedrock mock', function () {
  this.timeout(20_000);
  const endpoints = useEndpoints();

  async function start(settings: Partial<AiSettings> = {}) {
    const ended: EndedCall[] = [];
    const bedrock = createBedrock({
      settings: { latencyMs: '0', ...settings },
      onEnd: (call) => ended.push(call),
    });
    const url = await endpoints.start({ bedrock: bedrock.service });
    const client = createModelClient(clientConfig(url));
    endpoints.onClose(() => client.destroy());
    const converse = (title: string): Promise<ConverseCommandOutput> =>
      client.send(
        new ConverseCommand({
          modelId: 'jp.anthropic.claude-haiku-4-5-20251001-v1:0',
          system: [{ text: 'You plan.' }],
          messages: [{ role: 'user', content: [{ text: `Goal: "Run"\nAction: ${JSON.stringify(title)}` }] }],
          toolConfig,
        }),
      );
    return { converse, ended };
  }

  it('[ai:<fault>] is the error that Bedrock has for it, or an empty answer, and does not wait for the latency', async () => {
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
    expect((await (await start()).converse('Run [ai:empty]')).output).to.equal(undefined);
  });

  it('draws tasks and each fault at its share, the same with the same seed, and half of the busy answers say how long to wait', async () => {
    const drawn: Fault[] = ['throttle', 'malformed', 'denied', 'reset', 'cut', 'empty', 'busy', 'unavailable'];
    const faults = { ...NO_AI_FAULTS, ...Object.fromEntries(drawn.map((fault) => [fault, 0.1])) };
    const outcomes = async (seed: string) => {
      const { converse, ended } = await start({ faults, seed });
      const waits: unknown[] = [];
      const ask = (_: unknown, index: number) =>
        converse(`Action ${index}`).then(
          ({ output }) => output,
          ({ $response }) => void waits.push($response?.headers['retry-after']),
        );
      const answers = await Promise.all(Array.from({ length: 200 }, ask));
      const inputs = answers.map((output) => output?.message?.content?.[0]?.toolUse?.input);
      const drawnFor = Object.fromEntries(ended.map(({ action, outcome }) => [action, outcome]));
      return { inputs, drawnFor, waits: waits.filter((wait) => wait === '1').length };
    };
    const [one, same, other] = [await outcomes('7'), await outcomes('7'), await outcomes('8')];
    expect(same).to.deep.equal(one);
    expect(other.inputs).not.to.deep.equal(one.inputs);
    const found = Object.values(one.drawnFor);
    for (const fault of drawn) expect(found.filter((outcome) => outcome === fault)).to.have.length.within(7, 36);
    expect(one.waits).to.be.within(7, 36);
  });
});

describe('the prompt as the mock reads it', () => {
  it('has the action in one line, without its tags, and not those of others; Japanese is told from other text', () => {
    const { action, tags } = readPrompt('Goal: "[ai:hang]"\nAction: "Eat\\n[ai:throttle=2] [ai:error][ai:nothing]"');
    expect(action).to.equal('Eat [ai:nothing]');
    expect([1, 2, 3].map((call) => taggedFault(tags, call))).to.deep.equal(['throttle', 'throttle', 'error']);
    expect(readPrompt('no action')).to.deep.equal({ action: '', tags: [] });
    expect(['ひらがな', 'カタカナ', '漢字', 'run 走る', 'Laufen', '🏃'].filter(isJapanese)).to.have.length(4);
  });

  it('becomes 3 to 5 tasks, different, short, and about the action, whatever the text; what is malformed is none of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint, maxLength: 300 }), fc.string(), (title, seed) => {
        const text = `Action: ${JSON.stringify(title)}`;
        const prompt = readPrompt(text);
        const tasks = generateTasks(seed, text, prompt);
        expect(new Set(tasks.map((task) => task.title)).size)
          .to.equal(tasks.length)
          .and.to.be.within(3, 5);
        for (const task of tasks) {
          expect(task.title.length).to.be.within(1, 250);
          if (Array.from(prompt.action).length > 80) continue;
          expect(task.title).to.include(prompt.action);
          expect(task.description).to.include(prompt.action);
        }
        expect(malformedInput(seed, text, 1, tasks)).to.not.deep.equal({ tasks });
      }),
    );
  });
});
