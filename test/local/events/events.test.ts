import { expect } from 'chai';
import { checkPattern, createEventBus, matches } from '../../../local/aws/events/events.ts';

const pattern = { source: ['aws.states'], detail: { status: ['TIMED_OUT', 'ABORTED'], stateMachineArn: ['arn'] } };
const event = (status: string, source = 'aws.states') => ({
  source,
  detail: { status, stateMachineArn: 'arn', name: 'e' },
});

describe('the local event bus', () => {
  it('matches an event whose fields are among those of the pattern', () => {
    expect(matches(pattern, event('ABORTED'))).to.equal(true);
    expect(matches(pattern, event('SUCCEEDED'))).to.equal(false);
    expect(matches(pattern, event('ABORTED', 'aws.s3'))).to.equal(false);
    expect(matches(pattern, { source: 'aws.states' })).to.equal(false);
  });

  it('says before any event that it does not know a filter, at any depth', () => {
    expect(() => checkPattern({ source: ['a'], detail: { status: ['X'], error: [null], code: [1] } })).not.to.throw();
    expect(() => checkPattern({ detail: { status: [{ prefix: 'A' }] } })).to.throw('the filter of status');
    expect(() => checkPattern({ detail: { status: 'A' } })).to.throw('the filter of status');
    expect(() => checkPattern('aws.states')).to.throw('the filter of the pattern');
  });

  function bus(answers: (() => Promise<unknown>)[]) {
    const invoked: unknown[] = [];
    const failures: boolean[] = [];
    const put = createEventBus({
      rules: [{ name: 'ended', eventPattern: pattern, targets: [{ functionName: 'handle-error' }] }],
      invoke: async (functionName, sent) => {
        invoked.push({ functionName, sent });
        return answers.shift()?.();
      },
      timeScale: 0.00001,
      onFailure: (_name, _error, willRetry) => failures.push(willRetry),
    });
    return { put, invoked, failures };
  }
  const fail = () => Promise.reject(new Error('down'));

  it('invokes the target of a rule that matches, three times in all while it fails, as Lambda does', async () => {
    const { put, invoked, failures } = bus([fail, fail, fail, fail]);
    await put(event('SUCCEEDED'));
    await put(event('TIMED_OUT'));
    const once = { functionName: 'handle-error', sent: event('TIMED_OUT') };
    expect(invoked).to.deep.equal([once, once, once]);
    expect(failures).to.deep.equal([true, true, false]);
    await put(event('ABORTED'));
    expect([invoked.length, failures.at(-1)]).to.deep.equal([5, true]);
  });
});
