import { expect } from 'chai';
import { createEventBus } from '../../../local/aws/events/events.ts';

const pattern = { source: ['aws.states'], detail: { status: ['TIMED_OUT', 'ABORTED'] } };
const event = (status: string, source = 'aws.states') => ({ source, detail: { status } });

describe('the local event bus', () => {
  it('invokes the target of a rule that matches, three times in all while it fails, as Lambda does', async () => {
    const invoked: unknown[] = [];
    const failures: boolean[] = [];
    const put = createEventBus({
      rules: [{ name: 'ended', eventPattern: pattern, targets: [{ functionName: 'handle-error' }] }],
      invoke: async (functionName, sent) => {
        invoked.push({ functionName, sent });
        if (invoked.length <= 4) throw new Error('down');
      },
      timeScale: 0.00001,
      onFailure: (_name, _error, willRetry) => failures.push(willRetry),
    });
    for (const other of [event('SUCCEEDED'), event('ABORTED', 'aws.s3'), { source: 'aws.states' }]) await put(other);
    await put(event('TIMED_OUT'));
    const once = { functionName: 'handle-error', sent: event('TIMED_OUT') };
    expect(invoked).to.deep.equal([once, once, once]);
    expect(failures).to.deep.equal([true, true, false]);
    await put(event('ABORTED'));
    expect([invoked.length, failures.at(-1)]).to.deep.equal([5, true]);
  });
});
