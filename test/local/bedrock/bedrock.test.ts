import { ConverseCommand, type ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import { expect } from 'chai';
import fc from 'fast-check';
import { createModelClient } from '../../../lambdas/generate-tasks/src/bedrock.ts';
import { buildRequest, type Subject } from '../../../lambdas/generate-tasks/src/prompt.ts';
import { answer as isAnswer } from '../../../lambdas/generate-tasks/src/validators.generated.js';
import { createBedrock, type EndedCall } from '../../../local/aws/bedrock/bedrock.ts';
import { isJapanese, readPrompt, taggedFault } from '../../../local/aws/bedrock/prompt.ts';
import { type AiSettings, type Fault, NO_AI_FAULTS } from '../../../local/aws/bedrock/settings.ts';
import { generateTasks, malformedInput } from '../../../local/aws/bedrock/tasks/tasks.ts';
import { ANY, fill, TEMPLATES } from '../../../local/aws/bedrock/tasks/template.ts';
import { TOPICS } from '../../../local/aws/bedrock/tasks/topics.ts';
import { anyCodePoint } from '../../support/code-point.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, useEndpoints } from '../../support/stack/endpoints.ts';

const TOOL = 'save_tasks';
const toolConfig = {
  tools: [{ toolSpec: { name: TOOL, inputSchema: { json: { type: 'object' } } } }],
  toolChoice: { tool: { name: TOOL } },
};

const SUBJECT: Subject = {
  goal: { title: '', description: '', deadline: null },
  action: { title: 'Run', description: '', type: 'habit' },
  today: new Date('2026-11-27T00:00:00.000Z'),
};
const messageOf = (subject: Subject) => buildRequest(subject).messages[0]?.content[0]?.text ?? '';

/** Latency is seen by test/performance/demo.test.ts, broken connections by test/properties/backoff.test.ts. */
describe('the Bedrock mock', function () {
  this.timeout(300_000);
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
  it('has titles in one line, without their tags, and the tags of the action alone', () => {
    const { action, tags, neighbours } = readPrompt(
      'Goal: "[ai:hang]"\nOther actions: ["Sleep [ai:denied]"]\nAction: "Eat\\n[ai:throttle=2] [ai:error][ai:nothing]"',
    );
    expect([action, ...neighbours]).to.deep.equal(['Eat [ai:nothing]', 'Sleep']);
    expect([1, 2, 3].map((call) => taggedFault(tags, call))).to.deep.equal(['throttle', 'throttle', 'error']);
    expect(readPrompt('no action')).to.include({ action: '', language: 'en' }).and.deep.include({ tags: [], used: [] });
  });

  it('is the same on another day', () => {
    const on = (day: string) => readPrompt(messageOf({ ...SUBJECT, today: new Date(day) }));
    expect(on('2026-11-27')).to.deep.equal(on('2027-01-01'));
  });

  it('is Japanese when most of it is', () => {
    for (const [title, goal, language] of [
      ['ゆっくり走る', '', 'ja'],
      ['漢字', '', 'ja'],
      ['TOEIC 800', '英語で仕事をする', 'ja'],
      ['Learn 漢字', 'Read a newspaper', 'en'],
      ['Laufen', '', 'en'],
      ['🏃', '', 'en'],
    ] as const) {
      const subject = { ...SUBJECT, goal: { ...SUBJECT.goal, title: goal }, action: { ...SUBJECT.action, title } };
      expect(readPrompt(messageOf(subject)).language, title).to.equal(language);
    }
  });
});

describe("the mock's tasks", () => {
  const tasksFor = (subject: Subject, seed = '1') => generateTasks(seed, readPrompt(messageOf(subject)));
  const titlesOf = (subject: Subject, seed?: string) => tasksFor(subject, seed).map(({ title }) => title);
  const type = fc.constantFrom('execution' as const, 'habit' as const);

  it('are 3 to 5, different, valid, begin with those of its type, and are none once malformed, whatever the text', () => {
    // As the API takes them: see text-rules.ts.
    const untyped = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
    const text = fc.string({ unit: anyCodePoint, maxLength: 300 }).map((any) => any.replace(untyped, ''));
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(text, { maxLength: 9 }),
        type,
        fc.string(),
        (title, subGoal, neighbours, type, seed) => {
          const subject = { ...SUBJECT, action: { title, description: '', type, subGoal }, neighbours };
          const tasks = tasksFor(subject, seed);
          expect(isAnswer({ tasks }), JSON.stringify(isAnswer.errors)).to.equal(true);
          expect(new Set(tasks.map((task) => task.title)).size)
            .to.equal(tasks.length)
            .and.to.be.within(3, 5);
          expect(tasks[0]?.type).to.equal(type);
          expect(tasks.filter((task) => task.type === type)).to.have.length.at.least(tasks.length - 1);
          expect(malformedInput(seed, title, 1, tasks)).to.not.deep.equal({ tasks });
        },
      ),
    );
  });

  it('repeat none of the neighbours, and none that the action has or had, also when it is made again and again', () => {
    const titles = fc.uniqueArray(
      fc.oneof(fc.constantFrom('Run 5 km', 'Eat', '毎日走る', '本を読む'), fc.string({ minLength: 1 })),
      {
        minLength: 8,
        maxLength: 8,
        selector: (title) => readPrompt(`Action: ${JSON.stringify(title)}`).action,
      },
    );
    fc.assert(
      fc.property(titles, fc.array(type, { minLength: 8, maxLength: 8 }), fc.string(), (titles, types, seed) => {
        const subjects = titles.map((title, index) => ({
          ...SUBJECT,
          action: { title, description: '', type: types[index] ?? 'habit' },
          neighbours: titles.filter((other) => other !== title),
        }));
        const all = subjects.flatMap((subject) => {
          // Neighbours see one language in their titles: the mock decides by the action and its goal.
          const { language } = readPrompt(messageOf(subject));
          return titlesOf(subject, seed).map((title) => `${language} ${title}`);
        });
        expect(new Set(all).size).to.equal(all.length);
        const [again = SUBJECT] = subjects;
        const had: string[] = [];
        for (let time = 0; time < 3; time += 1) {
          const kept = had.slice(0, 1).map((title) => ({ title, description: 'mine' }));
          const next = titlesOf({ ...again, kept, replaced: had.slice(1) }, seed);
          expect(had).not.to.include.members(next.slice(0, 1));
          expect(next.filter((title) => had.includes(title))).to.deep.equal([]);
          had.push(...next);
        }
      }),
    );
  });

  for (const language of ['en', 'ja'] as const) {
    const templates = TEMPLATES[language];

    it(`are made of more than 40 templates (${language}), each with an amount, in its language, and none twice`, () => {
      expect(templates.length).to.be.above(40);
      expect(new Set(templates.map(({ title }) => title)).size).to.equal(templates.length);
      for (const template of templates) {
        const filled = [0, 0.5, 0.999].map((at) => fill(template, '~{1|2}', at));
        for (const { title, description, estimatedMinutes } of filled) {
          expect(isJapanese(title + description), title).to.equal(language === 'ja');
          expect(title)
            .to.match(/\d/)
            .and.not.match(/[{}|~]/);
          expect(description.replace('~{1|2}', ''), title).to.not.match(/[{}|~]/);
          expect(estimatedMinutes, title).to.be.within(1, 60);
        }
      }
    });

    it(`are as many for any action (${language}) as eight neighbours need, of both types and of every topic`, () => {
      const count = (topic: string, type: string) =>
        templates.filter((template) => template.topic === topic && template.type === type).length;
      for (const type of ['execution', 'habit']) {
        expect(count(ANY, type)).to.equal(24);
        for (const [topic] of TOPICS) expect(count(topic, type), topic).to.be.above(1);
      }
    });
  }

  it('are about what the action, or else its sub-goal, is about', () => {
    const topicsOf = (title: string, subGoal: string) => {
      const found = titlesOf({ ...SUBJECT, action: { title, description: '', type: 'habit', subGoal } });
      const templates = [...TEMPLATES.en, ...TEMPLATES.ja];
      return found.flatMap((each) => templates.find((template) => fill(template, '', 0).title === each)?.topic ?? []);
    };
    for (const [title, subGoal, topic] of [
      ['Call my mother', 'Money', 'people'],
      ['Every payday', 'Save money', 'money'],
      ['友人と走る', '', 'people'],
      ['続ける', '部屋の片づけ', 'home'],
    ] as const)
      expect(topicsOf(title, subGoal), title).to.include(topic);
  });
});
