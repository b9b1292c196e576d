import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import type { ActionRow, GoalRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { AiTimeout } from '../src/bedrock.ts';
import { type Collaborators, generateTasks, type Input } from '../src/generate-tasks.ts';
import { RefusedAnswer } from '../src/refused-answer.ts';
import { answer as isAnswer } from '../src/validators.generated.js';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const startedAt = Date.parse('2026-11-24T00:00:00.000Z');
const input: Input = {
  executionArn,
  goalId: 'g',
  actionId: 'a',
  position: 3,
  batchStartedAt: new Date(startedAt).toISOString(),
};
const goal: GoalRow = {
  goalId: 'g',
  userId: 'u',
  title: 'Run a marathon',
  description: '',
  deadline: null,
  status: 'processing',
  version: 2,
  actionCount: 4,
  createdAt: '2026-11-24T00:00:00.000Z',
  attempt: 1,
  executionArn,
};
const action: ActionRow = { goalId: 'g', actionId: 'a', position: 3, title: 'Jog', description: '', type: 'habit' };
const task = { title: 'Jog 3 km', description: 'Slowly, in the park.', type: 'habit', estimatedMinutes: 30 };
const usage = { inputTokens: 10, outputTokens: 20 };

const wellAnswered = async () => ({ input: { tasks: [task] }, usage });
const failing = (thrown: Error) => () => Promise.reject(thrown);

/** Runs at `elapsedMs` into the batch, with collaborators that go well but for what a test changes. */
function run(changes: Partial<Collaborators> = {}, elapsedMs = 1_000) {
  return generateTasks(input, {
    read: async () => ({ goal, action }),
    ask: wellAnswered,
    isAnswer,
    warn: () => undefined,
    noteFailedAttempt: async () => undefined,
    now: () => new Date(startedAt + elapsedMs),
    aiTimeoutMs: 115_000,
    batchTimeoutMs: 300_000,
    ...changes,
  });
}
/** A clock that stands in the batch, and then after it, once the AI was asked. */
function outliving<Result>(answer: () => Promise<Result>) {
  let elapsedMs = 299_000;
  const ask = () => {
    elapsedMs = 300_000;
    return answer();
  };
  return { ask, now: () => new Date(startedAt + elapsedMs) };
}

describe('generateTasks', () => {
  it('hands the checked tasks and their cost to the next state, with all that it needs', async () => {
    expect(await run()).to.deep.equal({ ...input, tasks: [task], usage });
  });

  it("gives a call its own timeout, and never more than the batch's remaining time", async () => {
    const times: number[] = [];
    const ask: Collaborators['ask'] = (_goal, _action, timeoutMs) => {
      times.push(timeoutMs);
      return wellAnswered();
    };
    for (const elapsedMs of [0, 185_000, 290_000]) await run({ ask }, elapsedMs);
    expect(times).to.deep.equal([115_000, 115_000, 10_000]);
  });

  const noCall = failing(new Error('the AI was asked'));
  for (const [what, name, words, changes, elapsedMs] of [
    ['the batch is over before the AI was asked', 'BatchTimeout', /batch/, { ask: noCall }, 300_000],
    ['a call outlives the batch', 'BatchTimeout', /batch/, outliving(failing(new TransientError('aborted'))), 0],
    // It had the rest of the batch.
    [
      'the timer of a call fires a moment early',
      'BatchTimeout',
      /batch/,
      { ask: failing(new AiTimeout('a')) },
      299_999,
    ],
    ['a call takes its whole time', 'TransientError', /aborted/, { ask: failing(new AiTimeout('aborted')) }, 1_000],
    ['the AI refuses', 'PermanentError', /denied/, { ask: failing(new PermanentError('denied')) }, 1_000],
    ['the goal is gone', 'PermanentError', /goal/, { read: async () => ({ goal: undefined, action }), ask: noCall }, 0],
    [
      'the goal is free',
      'PermanentError',
      /goal/,
      { read: async () => ({ goal: { ...goal, status: 'draft' as const }, action }), ask: noCall },
      0,
    ],
    [
      'the goal is held by another execution',
      'PermanentError',
      /goal/,
      { read: async () => ({ goal: { ...goal, executionArn: `${executionArn}0` }, action }), ask: noCall },
      0,
    ],
    [
      'the action is gone',
      'PermanentError',
      /action/,
      { read: async () => ({ goal, action: undefined }), ask: noCall },
      0,
    ],
    [
      'another action is at its position',
      'PermanentError',
      /action/,
      { read: async () => ({ goal, action: { ...action, actionId: 'b' } }), ask: noCall },
      0,
    ],
  ] as const) {
    it(`fails as ${name}, in words, when ${what}`, async () => {
      const failure = await failureOf(run(changes, elapsedMs));
      expect(failure.name).to.equal(name);
      expect(failure.message).to.match(words);
    });
  }

  for (const [what, answer] of [
    ['no tasks', {}],
    ['an empty list', { tasks: [] }],
    ['nine tasks', { tasks: Array.from({ length: 9 }, () => task) }],
    ['text', 'secret'],
    ...Object.entries({
      title: ['', '   ', 'secret\u0000', 'secret \u202e reversed', '\u200b\ufeff', 'secret\u2028line'],
      description: [' \n'],
      type: ['secret'],
      estimatedMinutes: [0, '30'],
      secret: [1],
    }).flatMap(([name, values]) => values.map((value) => [name, { tasks: [{ ...task, [name]: value }] }] as const)),
  ] as const) {
    it(`retries an invalid answer and logs where it was invalid, never what it said: ${JSON.stringify(answer).slice(0, 90)} (${what})`, async () => {
      const logged: string[] = [];
      const warn: Collaborators['warn'] = (message, fields) => logged.push(JSON.stringify([message, fields]));
      const error = await failureOf(run({ ask: async () => ({ input: answer, usage }), warn }));
      expect(error.name).to.equal('TransientError');
      expect(error.message).to.match(/invalid/);
      expect(logged).to.have.length(1);
      expect(logged.join() + error.message).not.to.contain('secret');
    });
  }

  for (const [what, changes, expected, elapsedMs] of [
    ['an answer that breaks its schema', { ask: async () => ({ input: {}, usage }) }, ['TransientError', [usage]], 0],
    ['a refused answer', { ask: failing(new RefusedAnswer('no tool call', usage)) }, ['TransientError', [usage]], 0],
    ['a refused answer after the batch', outliving(async () => ({ input: {}, usage })), ['BatchTimeout', [usage]], 0],
    ['a fault that may pass', { ask: failing(new TransientError('throttled')) }, ['TransientError', []], 0],
    ['no answer in time', { ask: failing(new AiTimeout('aborted')) }, ['TransientError', []], 0],
    ['a refusal for good', { ask: failing(new PermanentError('denied')) }, ['PermanentError'], 0],
    ['no answer before the end of the batch', { ask: failing(new AiTimeout('aborted')) }, ['BatchTimeout'], 299_999],
    ['an answer', {}, ['no failure'], 0],
  ] as const) {
    it(`notes an attempt that will be repeated, with what was paid for a refused answer: after ${what} ${expected.length - 1}`, async () => {
      const noted: unknown[] = [];
      const noteFailedAttempt: Collaborators['noteFailedAttempt'] = async (...paid) => void noted.push(paid);
      const name = await run({ ...changes, noteFailedAttempt }, elapsedMs).then(
        () => 'no failure',
        (thrown: Error) => thrown.name,
      );
      expect([name, ...noted]).to.deep.equal(expected);
    });
  }

  it('accepts tasks in any script, with line breaks in the description', async () => {
    const japanese = { ...task, title: '公園を3km走る 🏃‍♀️', description: '1. 準備運動\n2. ゆっくり走る' };
    const output = await run({ ask: async () => ({ input: { tasks: [japanese] }, usage }) });
    expect(output.tasks).to.deep.equal([japanese]);
  });

  it('logs at most five places of an invalid answer, with the ids of the action', async () => {
    const logged: object[] = [];
    const warn: Collaborators['warn'] = (_message, fields) => logged.push(fields);
    const one = { tasks: [{ ...task, estimatedMinutes: 0 }] };
    const many = { tasks: Array.from({ length: 8 }, () => ({ title: '' })) };
    for (const answer of [one, many]) await failureOf(run({ ask: async () => ({ input: answer, usage }), warn }));
    expect(logged[0]).to.include({ executionArn, goalId: 'g', actionId: 'a' });
    expect(logged[0]).to.have.nested.property('invalidPaths.length', 1);
    expect(Object(logged[0]).invalidPaths[0]).to.match(/^\/tasks\/0\/estimatedMinutes must /);
    expect(Object(logged[1]).invalidPaths).to.have.length.within(1, 5);
  });
});
