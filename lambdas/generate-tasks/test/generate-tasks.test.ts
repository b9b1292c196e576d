import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import type { ActionRow, GoalRow, TaskRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { AiTimeout, RefusedAnswer } from '../src/bedrock.ts';
import { type Collaborators, generateTasks, type Input } from '../src/generate-tasks.ts';
import { PROMPT_VERSION, type Subject } from '../src/prompt.ts';

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
const task = { title: 'Jog 3 km', description: 'Slowly, in the park.', type: 'habit', estimatedMinutes: 30 } as const;
const usage = { inputTokens: 10, outputTokens: 20 };

const wellAnswered = async () => ({ input: { tasks: [task] }, usage });
const failing = (thrown: Error) => () => Promise.reject(thrown);

/** Runs at `elapsedMs` into the batch, with collaborators that go well but for what a test changes. */
function run(changes: Partial<Collaborators> = {}, elapsedMs = 1_000) {
  return generateTasks(input, {
    read: async () => ({ goal, actions: [action], tasks: [] }),
    ask: wellAnswered,
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
    const noteFailedAttempt = failing(new Error('nothing has failed'));
    const promptVersion = PROMPT_VERSION;
    expect(await run({ noteFailedAttempt })).to.deep.equal({ ...input, tasks: [task], usage, promptVersion });
  });

  it('asks about the action of the input alone, with the others as its neighbours, and the time of the clock', async () => {
    const asked: unknown[] = [];
    const ask: Collaborators['ask'] = (subject) => {
      asked.push(subject);
      return wellAnswered();
    };
    const others = ['b', 'c'].map((actionId, index) => ({ ...action, actionId, title: actionId, position: index }));
    await run({ ask, read: async () => ({ goal, actions: [...others, action], tasks: [] }) });
    const today = new Date(startedAt + 1_000);
    expect(asked).to.deep.equal([{ goal, action, today, neighbours: ['b', 'c'], kept: [], replaced: [] }]);
  });

  it('tells the AI which tasks stay and which these replace, and SaveTasks the latter (rule 8)', async () => {
    const row = (taskId: string, changes: Partial<TaskRow> = {}): TaskRow => {
      const made = { executionArn: `${executionArn}0`, status: 'not_started' } as const;
      return { goalId: 'g', taskId, actionId: 'a', ...task, title: taskId, ...made, ...changes };
    };
    const { executionArn: _, ...byHand } = row('by hand');
    const touched = row('touched', { changedAt: '2026-11-24T00:00:00.000Z' });
    const tasks = [row('old'), touched, byHand, row('own', { executionArn }), row('of another', { actionId: 'b' })];
    const asked: Subject[] = [];
    const ask: Collaborators['ask'] = (subject) => {
      asked.push(subject);
      return wellAnswered();
    };
    const answer = await run({ ask, read: async () => ({ goal, actions: [action], tasks }) });
    expect(asked[0]).to.deep.include({ kept: [touched, byHand], replaced: ['old'] });
    expect(answer.replaces).to.deep.equal(['old']);
  });

  it("gives a call its own timeout, and never more than the batch's remaining time", async () => {
    const times: number[] = [];
    const ask: Collaborators['ask'] = (_subject, timeoutMs) => {
      times.push(timeoutMs);
      return wellAnswered();
    };
    for (const elapsedMs of [0, 185_000, 290_000]) await run({ ask }, elapsedMs);
    expect(times).to.deep.equal([115_000, 115_000, 10_000]);
  });

  const noCall = failing(new Error('was asked'));
  const holding = (held: GoalRow | undefined, ...actions: ActionRow[]) => ({
    read: async () => ({ goal: held, actions, tasks: [] }),
    ask: noCall,
  });
  const thrownBy = (thrown: Error) => ({ ask: failing(thrown) });
  const badlyAnswered = async () => ({ input: {}, usage });
  for (const [what, changes, elapsedMs, name, words, ...noted] of [
    ['the batch is over before anything was asked', { read: noCall }, 300_000, 'BatchTimeout', /batch/],
    [
      'a call outlives the batch',
      outliving(failing(new TransientError('aborted'))),
      0,
      'BatchTimeout',
      /batch/,
      { isLast: true },
    ],
    // It had the rest of the batch.
    [
      'the timer of a call fires a moment early',
      thrownBy(new AiTimeout('a')),
      299_999,
      'BatchTimeout',
      /batch/,
      { isLast: true },
    ],
    ['a call takes its whole time', thrownBy(new AiTimeout('aborted')), 1_000, 'TransientError', /aborted/, {}],
    ['a fault may pass', thrownBy(new TransientError('throttled')), 0, 'TransientError', /throttled/, {}],
    ['the AI refuses', thrownBy(new PermanentError('denied')), 1_000, 'PermanentError', /denied/, { isLast: true }],
    ['an answer breaks its schema', { ask: badlyAnswered }, 0, 'TransientError', /invalid/, { usage }],
    ['an answer is refused', thrownBy(new RefusedAnswer('no tool', usage)), 0, 'TransientError', /tool/, { usage }],
    [
      'an answer is refused after the batch',
      outliving(badlyAnswered),
      0,
      'BatchTimeout',
      /batch/,
      { usage, isLast: true },
    ],
    ['the goal is gone', holding(undefined, action), 0, 'PermanentError', /goal/],
    ['the goal is free', holding({ ...goal, status: 'draft' }, action), 0, 'PermanentError', /goal/],
    ['another execution holds the goal', holding({ ...goal, executionArn: 'a' }, action), 0, 'PermanentError', /goal/],
    ['the action is gone', holding(goal), 0, 'PermanentError', /action/],
    ['another action is at its position', holding(goal, { ...action, actionId: 'b' }), 0, 'PermanentError', /action/],
  ] as const) {
    it(`fails as ${name}, in words, when ${what}, and notes each attempt: ${noted.length}`, async () => {
      const notes: unknown[] = [];
      const noteFailedAttempt: Collaborators['noteFailedAttempt'] = async (attempt) => void notes.push(attempt);
      const failure = await failureOf(run({ ...changes, noteFailedAttempt }, elapsedMs));
      expect(failure.name).to.equal(name);
      expect(failure.message).to.match(words);
      expect(notes).to.deep.equal(noted);
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
