import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { createAdmission, tooBusy } from '../../src/workflow/admission.ts';

describe('admission', () => {
  /** A stage with room for 10, of whose executions a user may have 5. */
  function given(open: number | Error) {
    const clock = { seconds: 0, counts: 0, open };
    const executions = {
      now: () => new Date(clock.seconds * 1000),
      async countOpen() {
        clock.counts += 1;
        if (clock.open instanceof Error) throw clock.open;
        return clock.open;
      },
    };
    const admission = createAdmission(executions, { max: 10, maxOfUser: 5 });
    let asked = 0;
    const isOpenTo = (own: number) =>
      admission.isOpenTo(async () => {
        asked += 1;
        return own;
      });
    return { admission, clock, isOpenTo, asked: () => asked };
  }

  it('gives the last places to those who have fewest executions', async () => {
    const opens = [0, 1, 2, 3, 5, 7, 8, 9, 10].map(async (open) => {
      const { isOpenTo } = given(open);
      return Promise.all([0, 1, 2, 3, 4].map(isOpenTo));
    });
    const most = (await Promise.all(opens)).map((isOpen) => isOpen.lastIndexOf(true));
    expect(most).to.deep.equal([4, 4, 3, 3, 2, 1, 0, 0, -1]);
  });

  it('asks how many a user has only where that decides', async () => {
    for (const [open, asked] of [
      [1, 0],
      [2, 1],
    ] as const) {
      const stage = given(open);
      await stage.isOpenTo(0);
      expect(stage.asked()).to.equal(asked);
    }
  });

  it('counts once a second, and adds what began since then', async () => {
    const { admission, clock, isOpenTo } = given(8);
    expect([await isOpenTo(0), clock.counts]).to.deep.equal([true, 1]);
    admission.note();
    clock.seconds = 0.999;
    expect([await isOpenTo(0), clock.counts]).to.deep.equal([true, 1]);
    admission.note();
    expect([await isOpenTo(0), clock.counts]).to.deep.equal([false, 1]);
    clock.seconds = 1;
    expect([await isOpenTo(0), clock.counts]).to.deep.equal([true, 2]);
  });

  it('counts again after a count that failed', async () => {
    const { clock, isOpenTo } = given(new Error('throttled'));
    expect(await failureOf(isOpenTo(0))).to.equal(clock.open);
    clock.open = 0;
    expect([await isOpenTo(0), clock.counts]).to.deep.equal([true, 2]);
  });

  it('has those who are refused come again after 10 to 20 s, not all at once', () => {
    const waits = new Set(Array.from({ length: 1_000 }, () => tooBusy().retryAfterSeconds ?? 0));
    expect([Math.min(...waits), Math.max(...waits), waits.size]).to.deep.equal([10, 20, 11]);
    expect(tooBusy()).to.include({ status: 503, code: 'too_busy' });
  });
});
