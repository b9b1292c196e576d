import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../test/support/failure.ts';
import { repeatWhile } from '../src/repeat-while.ts';

describe('repeatWhile', () => {
  it('repeats as long as the work lasts, and hands on what comes of it', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      for (const outcome of ['done', new RangeError('failed')]) {
        let count = 0;
        const work = Promise.withResolvers<string>();
        const result = repeatWhile(
          1_000,
          () => {
            count += 1;
          },
          () => work.promise,
        );
        clock.tick(999);
        expect(count).to.equal(0);
        clock.tick(2_001);
        expect(count).to.equal(3);
        if (typeof outcome === 'string') {
          work.resolve(outcome);
          expect(await result).to.equal(outcome);
        } else {
          work.reject(outcome);
          expect(await failureOf(result)).to.equal(outcome);
        }
        expect(clock.countTimers()).to.equal(0);
      }
    } finally {
      clock.restore();
    }
  });
});
