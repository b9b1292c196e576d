import type { Outcome } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import { en } from '../i18n/en/en.ts';
import { ja } from '../i18n/ja/ja.ts';
import { milestone, phasesOf } from './cells.ts';
import { answered, timeOf } from './follow/estimate.ts';
import { filtersOf, rangeOf } from './history/history-filters.ts';
import { adviceOf } from './totals.ts';

const outcomesOf = (outcomes: readonly Outcome[]) =>
  outcomes.map((outcome, index) => ({ actionId: `a${index}`, position: index * 2, outcome, taskCount: 0 }));

describe('phasesOf', () => {
  it('takes pending actions of the first three unfinished batches for those being generated', () => {
    const outcomes: Outcome[] = [...Array(8).fill('SAVED'), ...Array(7).fill('FAILED'), ...Array(49).fill('PENDING')];
    const phases = phasesOf({ status: 'RUNNING', outcomes: outcomesOf(outcomes) });
    const indexesOf = (wanted: string) =>
      [...phases.values()].flatMap((phase, index) => (phase === wanted ? [index] : []));
    expect(indexesOf('generating')).to.deep.equal(Array.from({ length: 17 }, (_, index) => 15 + index));
    expect(indexesOf('waiting')).to.deep.equal(Array.from({ length: 32 }, (_, index) => 32 + index));
    expect([phases.get('a0'), phases.get('a8')]).to.deep.equal(['saved', 'failed']);
  });

  it('generates nothing once the execution has ended', () => {
    const phases = phasesOf({ status: 'TIMED_OUT', outcomes: outcomesOf(['PENDING', 'CANCELLED']) });
    expect([...phases.values()]).to.deep.equal(['waiting', 'cancelled']);
  });
});

describe('milestone', () => {
  it('is a new one at the start and at each ten percent', () => {
    let last = -1;
    const told = [0, 4, 9, 10, 18, 35, 20, 100].map((percentage) => {
      last = milestone(last, percentage);
      return last;
    });
    expect(told).to.deep.equal([0, 0, 0, 10, 10, 30, 30, 100]);
  });
});

describe('the time of a run', () => {
  const startDate = '2026-01-31T09:30:00.000Z';
  const begun = Date.parse(startDate);
  /** @param aheadMs by which the service's clock is ahead @param since seconds from the answer */
  const at = (estimatedSecondsRemaining: number, since: number, aheadMs = 0) =>
    timeOf(
      { startDate, estimatedSecondsRemaining },
      { at: begun + 10_000 - aheadMs, aheadMs },
      begun + (10 + since) * 1000 - aheadMs,
    );

  it('counts down from the last answer until it is over, and then is what has passed', () => {
    expect([0, 1, 4, 5, 300].map((since) => at(5, since).left)).to.deep.equal([5, 4, 1, undefined, undefined]);
    expect(at(5, 300)).to.deep.equal({ left: undefined, elapsed: 310 });
  });

  it('does not take the second that the API says at least for an estimate', () =>
    expect(at(1, 0).left).to.equal(undefined));

  it('is by the clock of the service, whatever the device thinks', () => {
    expect(at(5, 2, 3_600_000)).to.deep.equal({ left: 3, elapsed: 12 });
    expect(answered('Sat, 31 Jan 2026 09:30:10 GMT', begun)).to.deep.equal({ at: begun, aheadMs: 10_000 });
    expect(answered(null, begun).aheadMs).to.equal(0);
  });
});

describe('adviceOf', () => {
  it('is in words of the page, in each language, and nothing for what is as usual or for a word of a newer service', () => {
    for (const texts of [en, ja]) {
      const words = texts.run.advice.slower_than_usual;
      expect(adviceOf({ advice: 'slower_than_usual' }, texts)).to.equal(words);
    }
    const newer: { advice: null } = JSON.parse('{"advice":"newer"}');
    expect([{ advice: null }, newer].map((status) => adviceOf(status, en))).to.deep.equal([undefined, undefined]);
  });
});

describe('the filters of the history', () => {
  it('include the whole last day, by the calendar of the person', () => {
    const { from, to } = rangeOf({ from: '2026-01-31', to: '2026-01-31' });
    expect(from).to.equal(new Date(2026, 0, 31).toISOString());
    expect(to).to.equal(new Date(2026, 1, 1).toISOString());
  });

  it('leave out a day that is none', () => {
    expect(rangeOf({ from: '', to: 'nonsense' })).to.deep.equal({});
    expect(filtersOf('status=nonsense').status).to.equal('');
  });
});
