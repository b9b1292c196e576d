import { input as generateInput, answer as isAnswer } from '@goal-activity/generate-tasks/src/validators.generated.js';
import { input as saveInput } from '@goal-activity/save-tasks/src/validators.generated.js';
import { expect } from 'chai';
import { executionRow, taskRow as isTaskRow, userClaims } from '../src/validators.generated.js';
import { executionRow as row } from './support/rows.ts';

describe('one line of text', () => {
  const isLine = (sub: string) => userClaims({ sub });

  it('has something to be seen in it', () => {
    for (const seen of ['a', ' 目 ', '7', '!', '€', '👩‍👩‍👧', 'ﷺ', '\u200ba', '\u3164a\u2800']) {
      expect(isLine(seen), JSON.stringify(seen)).to.equal(true);
    }
    const unseen = ['', ' ', '\u00a0\u3000', '\u200b', '\u200d\ufeff', '\u00ad', '\u0301', '\ue000'];
    // Fillers that are letters, and a blank that is a symbol.
    const fillers = ['\u115f', '\u1160', '\u3164', '\uffa0', '\u2800'];
    for (const each of [...unseen, ...fillers]) expect(isLine(each), JSON.stringify(each)).to.equal(false);
  });

  it('holds no control character, lone surrogate, direction override or line break of any kind', () => {
    for (const each of '\0\t\n\r\u001b\u007f\u0085\u009f\u2028\u2029\u202a\u202e\u2066\u2069\udc00\ud800') {
      expect(isLine(`a${each}b`), JSON.stringify(each)).to.equal(false);
    }
    for (const each of '\u2027\u202f\u2065\u206a\u00a0')
      expect(isLine(`a${each}b`), JSON.stringify(each)).to.equal(true);
  });
});

describe('a task from before the rules for what the AI writes became stricter', () => {
  it('can still be read, and is no answer any more', () => {
    const task = { title: 'a\u2028b', description: 'd', type: 'habit', estimatedMinutes: 15 };
    const row = { goalId: 'g', taskId: 't', actionId: 'a', executionArn: 'arn:aws:states:x', status: 'not_started' };
    expect(isTaskRow({ ...row, ...task })).to.equal(true);
    expect(isTaskRow({ ...row, ...task, title: 'a\nb' })).to.equal(false);
    expect(isTaskRow({ ...row, ...task, title: ' ' })).to.equal(false);
    expect(isAnswer({ tasks: [task] })).to.equal(false);
  });
});

const action = {
  executionArn: 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1',
  goalId: 'g',
  actionId: 'a',
  position: 0,
};
const tasks = [{ title: 'Jog', description: 'Slowly.', type: 'habit', estimatedMinutes: 30 }];
const usage = { inputTokens: 1, outputTokens: 1 };

/** Whether both steps that are given the start of their batch by Step Functions take it. */
const isTaken = (batchStartedAt: string) =>
  generateInput({ ...action, batchStartedAt }) && saveInput({ ...action, batchStartedAt, tasks, usage });

describe('the start of a batch, as Step Functions writes it', () => {
  it('has 0 to 9 decimals, is in UTC or has an offset, and is the same millisecond', () => {
    for (const [text, milliseconds, ms = 0] of [
      ['2026-02-03T04:05:06Z', Date.UTC(2026, 1, 3, 4, 5, 6)],
      ['2026-02-03T04:05:06.1Z', Date.UTC(2026, 1, 3, 4, 5, 6), 100],
      ['2026-10-10T10:10:10.123456789+09:30', Date.UTC(2026, 9, 10, 0, 40, 10), 123],
      ['2026-12-31T23:59:59-14:59', Date.UTC(2027, 0, 1, 14, 58, 59)],
      ['2026-01-01T00:00:00+00:00', Date.UTC(2026, 0, 1)],
      ['2026-09-29T19:30:00+10:00', Date.UTC(2026, 8, 29, 9, 30)],
      ['2026-11-20T20:00:00+14:00', Date.UTC(2026, 10, 20, 6)],
    ] as const) {
      expect(isTaken(text), text).to.equal(true);
      expect(Date.parse(text), text).to.equal(milliseconds + ms);
    }
  });

  it('may not be what is no instant', () => {
    const day = ['2026-13-03', '2026-00-03', '2026-02-32', '2026-02-00'].map((date) => `${date}T04:05:06Z`);
    const time = ['04:05', '24:05:06', '04:60:06', '04:05:60', '04:05:06.', '04:05:06.1234567890'].map(
      (each) => `2026-02-03T${each}Z`,
    );
    const zone = ['', 'z', '+0900', '+15:00', '+09:60', 'Z\n'].map((each) => `2026-02-03T04:05:06${each}`);
    const others = ['2026-02-03 04:05:06Z', ' 2026-02-03T04:05:06Z', 'yesterday', ''];
    for (const text of [...day, ...time, ...zone, ...others]) expect(isTaken(text), text).to.equal(false);
  });
});

describe('a time that we write ourselves', () => {
  it('has three decimals and is in UTC, so that times in keys sort as text', () => {
    const { executionArn } = action;
    expect(executionRow(row({ executionArn, startedAt: '2026-02-03T04:05:06.000Z' }))).to.equal(true);
    for (const startedAt of ['2026-02-03T04:05:06Z', '2026-02-03T04:05:06.000+09:00'])
      expect(executionRow(row({ executionArn, startedAt })), startedAt).to.equal(false);
  });
});
