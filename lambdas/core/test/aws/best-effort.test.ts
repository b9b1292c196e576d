import { expect } from 'chai';
import sinon from 'sinon';
import { bestEffort } from '../../src/aws/best-effort.ts';
import { createMemoryLog } from '../../src/log/logger.ts';

const ids = { executionArn: 'arn', actionId: 'a' };

describe('bestEffort', () => {
  it('logs a failure with its ids as a warning, and does not throw', async () => {
    const { log, lines } = createMemoryLog();
    const fault = new RangeError('gone');
    await bestEffort(log, 'not noted', ids, () => Promise.reject(fault));
    await bestEffort(log, 'not noted', ids, () => {
      throw fault;
    });
    expect(lines).to.have.length(2);
    const said = { level: 'warn', message: 'not noted', ...ids, errorName: 'RangeError', errorMessage: 'gone' };
    for (const line of lines) expect(line).to.include(said);
  });

  it('waits as long as it is told and no longer; when the work is done before, it leaves no timer and logs nothing', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { log, lines } = createMemoryLog();
      const done: string[] = [];
      await bestEffort(log, 'not noted', ids, async () => done.push('the work'), 700);
      expect([done, lines, clock.countTimers()]).to.deep.equal([['the work'], [], 0]);
      const hanging = bestEffort(log, 'not noted', ids, () => new Promise(() => undefined), 700);
      await clock.tickAsync(699);
      expect(lines).to.deep.equal([]);
      await clock.tickAsync(1);
      await hanging;
      expect(lines).to.have.length(1);
      expect(String(lines[0]?.errorMessage)).to.contain('700 ms');
    } finally {
      clock.restore();
    }
  });
});
