import { inspect } from 'node:util';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../test/support/failure.ts';
import { askModel } from '../src/bedrock.ts';

const goal = { title: 'Run a marathon', description: '', deadline: null };
const action = { title: 'Jog', description: '', type: 'habit' as const };

describe('askModel', () => {
  const ask = (answer: object) => askModel({ send: async () => answer }, 'model', goal, action, 1_000);
  const answerWith = (content: unknown) => ({ output: { message: { role: 'assistant', content } } });

  it('takes an answer without the tool call for one that may come right, whatever it is instead', async () => {
    for (const content of [undefined, {}, 'secret', [null], [{ toolUse: null }], [{ toolUse: { name: 'other' } }]]) {
      const error = await failureOf(ask({ ...answerWith(content), stopReason: 'secret\u0000 reason' }));
      expect(error.name, JSON.stringify(content)).to.equal('TransientError');
      expect(error.message).not.to.contain('secret');
    }
  });

  it('takes a body that is no JSON for one that may come right, and keeps its text to itself', async () => {
    const send = async () => JSON.parse('<html>secret</html>');
    const error = await failureOf(askModel({ send }, 'model', goal, action, 1_000));
    expect(error.name).to.equal('TransientError');
    expect(inspect(error)).not.to.contain('secret');
  });

  it('counts no tokens where the answer cannot be right: sums of them made every status answer fail', async () => {
    const content = [{ toolUse: { toolUseId: 't', name: 'save_tasks', input: {} } }];
    for (const tokens of [Number.MAX_SAFE_INTEGER, 1e308, -1, 1.5, '7', null]) {
      const { usage } = await ask({ ...answerWith(content), usage: { inputTokens: tokens, outputTokens: 7 } });
      expect(usage, String(tokens)).to.include({ inputTokens: 0, outputTokens: 7 });
    }
  });

  it('measures how long the AI took to answer', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    try {
      const send = async () => {
        clock.tick(1234);
        const content = [{ toolUse: { toolUseId: 't', name: 'save_tasks', input: { tasks: [] } } }];
        return { output: { message: { role: 'assistant', content } }, usage: { inputTokens: 10, outputTokens: 20 } };
      };
      const answer = await askModel({ send }, 'model', goal, action, 1_000);
      expect(answer).to.deep.equal({
        input: { tasks: [] },
        usage: { inputTokens: 10, outputTokens: 20, latencyMs: 1234 },
      });
    } finally {
      clock.restore();
    }
  });
});
