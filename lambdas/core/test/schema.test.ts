import { answer as isAnswer } from '@goal-activity/generate-tasks/src/validators.generated.js';
import { expect } from 'chai';
import { taskRow as isTaskRow, userClaims } from '../src/validators.generated.js';

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
