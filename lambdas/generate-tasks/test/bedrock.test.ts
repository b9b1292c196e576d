import { expect } from 'chai';
import sinon from 'sinon';
import { askModel } from '../src/bedrock.ts';

const goal = { title: 'Run a marathon', description: '', deadline: null };
const action = { title: 'Jog', description: '', type: 'habit' as const };

describe('askModel', () => {
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
