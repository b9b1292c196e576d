import { expect } from 'chai';
import sinon from 'sinon';
import { bestEffort } from '../../src/aws/best-effort.ts';
import { createMemoryLog } from '../../src/log/logger.ts';

const ids = { executionArn: 'arn', actionId: 'a' };

describe('bestEffort', () => {
  it('does the work, and logs nothing when it works', async () => {
    const { log, lines } = createMemoryLog();
    let done = 0;
    await bestEffort(log, 'not noted', ids, async () => {
      done += 1;
    });
    expect([done, lines]).to.deep.equal([1, []]);
  });

  it('logs a failure with its ids as a warning, and does not throw', async () => {
    const { log, lines } = createMemoryLog();
    await bestEffort(log, 'not noted', ids, async () => {
      throw new RangeError('gone');
    });
    await bestEffort(log, 'not noted', ids, () => {
      throw new RangeError('gone at once');
    });
    expect(lines).to.have.length(2);
    const said = { level: 'warn', message: 'not noted', ...ids, errorName: 'RangeError', errorMessage: 'gone' };
    expect(lines[0]).to.include(said);
    expect(lines[1]).to.include({ ...said, errorMessage: 'gone at once' });
  });

  for (const [limitMs, arguments_] of [
    [2_000, []],
    [700, [700]],
  ] as const) {
    it(`waits ${limitMs} ms and no longer, and leaves no timer when the work is done before`, async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        const { log, lines } = createMemoryLog();
        await bestEffort(log, 'not noted', ids, async () => undefined, ...arguments_);
        expect(clock.countTimers()).to.equal(0);
        let isOver = false;
        const hanging = bestEffort(log, 'not noted', ids, () => new Promise(() => undefined), ...arguments_);
        void hanging.then(() => {
          isOver = true;
        });
        await clock.tickAsync(limitMs - 1);
        expect(isOver).to.equal(false);
        await clock.tickAsync(1);
        await hanging;
        expect(lines).to.have.length(1);
        expect(String(lines[0]?.errorMessage)).to.contain(`${limitMs} ms`);
      } finally {
        clock.restore();
      }
    });
  }
});
