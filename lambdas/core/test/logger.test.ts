import { expect } from 'chai';
import { createMemoryLog, errorFields, type LogFields } from '../src/logger.ts';

describe('the log', () => {
  it('writes one JSON line with time, level, function, message and the allowed fields', () => {
    const { log, lines } = createMemoryLog('save-tasks');
    log.info('step ended', { executionArn: 'arn', durationMs: 12 });
    expect(lines).to.have.length(1);
    const { timestamp, ...rest } = lines[0] ?? {};
    expect(timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(rest).to.deep.equal({
      level: 'info',
      function: 'save-tasks',
      message: 'step ended',
      executionArn: 'arn',
      durationMs: 12,
    });
  });

  it('never lets through a secret, an e-mail address or a prompt, whatever the caller passes', () => {
    const { log, lines } = createMemoryLog();
    const careless = {
      goalId: 'g',
      token: 'secret-token',
      email: 'who@example.com',
      prompt: 'Goal: "private"',
      event: { body: 'x' },
    };
    log.error('step failed', careless as unknown as LogFields);
    const text = JSON.stringify(lines);
    for (const hidden of ['secret-token', 'who@example.com', 'private', 'event']) expect(text).not.to.contain(hidden);
    expect(text).to.contain('"goalId":"g"');
  });

  it('logs an error with name, message and stack', () => {
    const { log, lines } = createMemoryLog();
    log.error('step failed', errorFields(new RangeError('too far')));
    expect(lines[0]).to.include({ errorName: 'RangeError', errorMessage: 'too far' });
    expect(lines[0]?.stack).to.contain('logger.test.ts');
  });

  it('logs where an error came from that was given its class later', () => {
    const { log, lines } = createMemoryLog();
    const origin = new RangeError('too far');
    log.error('step failed', errorFields(new Error('RangeError: too far', { cause: origin })));
    expect(lines[0]?.stack).to.contain(`Caused by: ${origin.stack}`);
  });
});
