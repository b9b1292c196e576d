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

/** Collaborators of a run that goes well, at `elapsedMs` into its batch, with what a test changes. */
function given(changes: Partial<Collaborators> = {}, elapsedMs = 1_000): Collaborators {
  return {
    read: async () => ({ goal, action }),
    ask: async () => ({ input: { tasks: [task] }, usage }),
    isAnswer,
    warn: () => undefined,
    noteFailedAttempt: async () => undefined,
    now: () => new Date(startedAt + elapsedMs),
    aiTimeoutMs: 115_000,
    batchTimeoutMs: 300_000,
    ...changes,
  };
}

/** The time that the AI call is given. */
async function timeGiven(elapsedMs: number): Promise<number> {
  let given_ = Number.NaN;
  const ask: Collaborators['ask'] = async (_goal, _action, timeoutMs) => {
    given_ = timeoutMs;
    return { input: { tasks: [task] }, usage };
  };
  await generateTasks(input, given({ ask }, elapsedMs));
  return given_;
}

describe('generateTasks', () => {
  it('hands the checked tasks and their cost to the next state, with all that it needs', async () => {
    expect(await generateTasks(input, given())).to.deep.equal({ ...input, tasks: [task], usage });
  });

  it("gives a call its own timeout, and never more than the batch's remaining time", async () => {
    expect(await timeGiven(0)).to.equal(115_000);
    expect(await timeGiven(185_000)).to.equal(115_000);
    expect(await timeGiven(290_000)).to.equal(10_000);
  });

  it('throws BatchTimeout without asking the AI once the batch is over', async () => {
    let asked = 0;
    const ask: Collaborators['ask'] = async () => {
      asked += 1;
      return { input: {}, usage };
    };
    expect((await failureOf(generateTasks(input, given({ ask }, 300_000)))).name).to.equal('BatchTimeout');
    expect(asked).to.equal(0);
  });

  it('turns the failure of a call that outlived the batch into BatchTimeout, which is never retried', async () => {
    let elapsedMs = 299_000;
    const ask: Collaborators['ask'] = async () => {
      elapsedMs = 300_000;
      throw new TransientError('aborted');
    };
    const now = () => new Date(startedAt + elapsedMs);
    expect((await failureOf(generateTasks(input, given({ ask, now })))).name).to.equal('BatchTimeout');
  });

  it('is BatchTimeout too when the timer of a call that had the rest of the batch fires a moment early', async () => {
    const ask: Collaborators['ask'] = async () => {
      throw new AiTimeout('aborted');
    };
    const nameAt = async (elapsedMs: number) => (await failureOf(generateTasks(input, given({ ask }, elapsedMs)))).name;
    expect(await nameAt(299_999)).to.equal('BatchTimeout');
    expect(await nameAt(1_000)).to.equal('TransientError');
  });

  it('passes on the class of any other failure', async () => {
    const refuse: Collaborators['ask'] = async () => {
      throw new PermanentError('AccessDeniedException');
    };
    expect((await failureOf(generateTasks(input, given({ ask: refuse })))).name).to.equal('PermanentError');
  });

  it('does not ask the AI for an execution that has lost its goal', async () => {
    for (const lost of [
      undefined,
      { ...goal, status: 'draft' as const },
      { ...goal, executionArn: `${executionArn}0` },
    ]) {
      const error = await failureOf(generateTasks(input, given({ read: async () => ({ goal: lost, action }) })));
      expect(error.name).to.equal('PermanentError');
    }
  });

  it('refuses an action that is not the one at its position', async () => {
    const error = await failureOf(
      generateTasks(input, given({ read: async () => ({ goal, action: { ...action, actionId: 'b' } }) })),
    );
    expect(error.name).to.equal('PermanentError');
  });

  it('retries an invalid answer and logs where it was invalid, never what it said', async () => {
    const invalid = [
      {},
      { tasks: [] },
      { tasks: Array.from({ length: 9 }, () => task) },
      { tasks: [{ ...task, title: '' }] },
      { tasks: [{ ...task, title: '   ' }] },
      { tasks: [{ ...task, title: 'secret\u0000' }] },
      { tasks: [{ ...task, title: 'secret \u202e reversed' }] },
      { tasks: [{ ...task, title: '\u200b\ufeff' }] },
      { tasks: [{ ...task, title: 'secret\u2028line' }] },
      { tasks: [{ ...task, description: ' \n' }] },
      { tasks: [{ ...task, type: 'secret' }] },
      { tasks: [{ ...task, estimatedMinutes: 0 }] },
      { tasks: [{ ...task, estimatedMinutes: '30' }] },
      { tasks: [{ ...task, secret: 1 }] },
      'secret',
    ];
    for (const answer of invalid) {
      const logged: string[] = [];
      const warn: Collaborators['warn'] = (message, fields) => logged.push(JSON.stringify([message, fields]));
      const error = await failureOf(generateTasks(input, given({ ask: async () => ({ input: answer, usage }), warn })));
      expect(error.name, JSON.stringify(answer)).to.equal('TransientError');
      expect(logged).to.have.length(1);
      expect(logged.join() + error.message).not.to.contain('secret');
    }
  });

  it('notes an attempt that will be repeated, with what was paid for a refused answer', async () => {
    const noted: unknown[] = [];
    const noteFailedAttempt: Collaborators['noteFailedAttempt'] = async (...paid) => void noted.push(paid);
    const after = async (thrown: Error | undefined, elapsedMs = 1_000) => {
      noted.length = 0;
      const ask: Collaborators['ask'] = async () => {
        if (thrown !== undefined) throw thrown;
        return { input: {}, usage };
      };
      const { name } = await failureOf(generateTasks(input, given({ ask, noteFailedAttempt }, elapsedMs)));
      return [name, ...noted];
    };
    expect(await after(undefined)).to.deep.equal(['TransientError', [usage]]);
    expect(await after(new RefusedAnswer('no tool call', usage))).to.deep.equal(['TransientError', [usage]]);
    expect(await after(new TransientError('throttled'))).to.deep.equal(['TransientError', []]);
    expect(await after(new AiTimeout('aborted'))).to.deep.equal(['TransientError', []]);
    expect(await after(new PermanentError('denied'))).to.deep.equal(['PermanentError']);
    expect(await after(new AiTimeout('aborted'), 299_999)).to.deep.equal(['BatchTimeout']);
    await generateTasks(input, given({ noteFailedAttempt }));
    expect(noted).to.deep.equal([]);
  });

  it('notes what was paid for a refused answer also when the batch is over, and fails with that', async () => {
    const noted: unknown[] = [];
    let elapsedMs = 299_000;
    const ask: Collaborators['ask'] = async () => {
      elapsedMs = 300_000;
      return { input: {}, usage };
    };
    const now = () => new Date(startedAt + elapsedMs);
    const noteFailedAttempt: Collaborators['noteFailedAttempt'] = async (paid) => void noted.push(paid);
    const error = await failureOf(generateTasks(input, given({ ask, now, noteFailedAttempt })));
    expect([error.name, noted]).to.deep.equal(['BatchTimeout', [usage]]);
  });

  it('accepts tasks in any script, with line breaks in the description', async () => {
    const japanese = { ...task, title: '公園を3km走る 🏃‍♀️', description: '1. 準備運動\n2. ゆっくり走る' };
    const output = await generateTasks(input, given({ ask: async () => ({ input: { tasks: [japanese] }, usage }) }));
    expect(output.tasks).to.deep.equal([japanese]);
  });

  it('logs at most five places of an invalid answer, with the ids of the action', async () => {
    const logged: object[] = [];
    const warn: Collaborators['warn'] = (_message, fields) => logged.push(fields);
    const answers = [
      { tasks: [{ ...task, estimatedMinutes: 0 }] },
      { tasks: Array.from({ length: 8 }, () => ({ title: '' })) },
    ];
    for (const answer of answers) {
      await failureOf(generateTasks(input, given({ ask: async () => ({ input: answer, usage }), warn })));
    }
    const [one, many] = logged;
    expect(one).to.include({ executionArn, goalId: 'g', actionId: 'a' });
    expect(Object(one).invalidPaths).to.have.length(1);
    expect(Object(one).invalidPaths[0]).to.match(/^\/tasks\/0\/estimatedMinutes must /);
    expect(Object(many).invalidPaths).to.have.length.within(1, 5);
  });

  it('says why it gave up', async () => {
    for (const [collaborators, words] of [
      [given({}, 300_000), /batch/],
      [given({ read: async () => ({ goal: undefined, action }) }), /goal/],
      [given({ read: async () => ({ goal, action: undefined }) }), /action/],
      [given({ ask: async () => ({ input: {}, usage }) }), /invalid/],
    ] as const) {
      expect((await failureOf(generateTasks(input, collaborators))).message).to.match(words);
    }
  });
});
