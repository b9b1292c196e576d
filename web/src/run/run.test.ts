import type { Outcome } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import { en } from '../i18n/en/en.ts';
import { ja } from '../i18n/ja/ja.ts';
import { milestone, phasesOf } from './cells.ts';
import { estimateRun } from './estimate.ts';
import { failureKind } from './failures.ts';
import { filtersOf, rangeOf } from './history-filters.ts';
import { barsOf } from './timeline.ts';
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

describe('estimateRun', () => {
  const cost = { aiCalls: 64, inputTokens: 1, outputTokens: 1, estimatedUsd: 0.64 };
  const startDate = '2026-01-31T09:30:00.000Z';

  it('goes by what is usual without an earlier run: 15 s for each 24 actions', () => {
    expect(estimateRun(64)).to.deep.include({ seconds: 45, isMeasured: false });
    expect(estimateRun(1).seconds).to.equal(15);
    expect(estimateRun(64).usd).to.be.within(0.2, 2);
  });

  it('goes by the last run that saved something', () => {
    const useless = { startDate, stopDate: null, savedActions: 0, totalActions: 64, cost };
    const useful = { ...useless, stopDate: '2026-01-31T09:31:00.000Z', savedActions: 64 };
    expect(estimateRun(7, [useless, useful])).to.deep.equal({ seconds: 20, usd: 0.07, isMeasured: true });
  });
});

describe('failureKind', () => {
  // As lambdas/generate-tasks, lambdas/core and the Bedrock mock write them.
  const cases: readonly (readonly [string, string, string])[] = [
    ['PermanentError', "AccessDeniedException: You don't have access to the model with this ID.", 'accessDenied'],
    ['PermanentError', 'The AI model refused access.', 'accessDenied'],
    ['PermanentError', 'The AI quota is exhausted: Too many tokens per day, please wait.', 'quotaExhausted'],
    ['TransientError', 'ThrottlingException: Too many requests, please wait before trying again.', 'throttled'],
    ['TransientError', 'The AI call did not answer in time', 'timedOut'],
    ['States.Timeout', 'The step did not answer in time', 'timedOut'],
    ['BatchTimeout', 'The time of the batch is over', 'batchTimeOver'],
    ['TransientError', 'The AI answered with invalid tasks', 'invalidAnswer'],
    ['TransientError', 'The AI did not call the tool (stop reason end_turn)', 'invalidAnswer'],
    ['TransientError', 'InternalServerException: Internal error', 'aiUnavailable'],
    ['PermanentError', 'The action is CANCELLED: its tasks were not saved', 'notSaved'],
    ['ExecutionEnded', 'The execution ended before this action.', 'runEnded'],
    ['Lambda.Unknown', '', 'unknown'],
  ];
  for (const [error, reason, kind] of cases) {
    it(`is ${kind} for "${error} ${reason}"`, () => expect(failureKind(error, reason)).to.equal(kind));
  }
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

describe('barsOf', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

  it('gives shares of the whole in order of the start, and lets an open state last to the end', () => {
    const { bars, totalMs } = barsOf([
      { state: 'B', startDate: at(5), stopDate: null, durationMs: null, count: 2 },
      { state: 'A', startDate: at(0), stopDate: at(10), durationMs: 10_000, count: 1 },
    ]);
    expect(totalMs).to.equal(10_000);
    expect(bars).to.deep.equal([
      { state: 'A', count: 1, startMs: 0, durationMs: 10_000, left: 0, width: 1 },
      { state: 'B', count: 2, startMs: 5_000, durationMs: 5_000, left: 0.5, width: 0.5 },
    ]);
  });

  it('is empty without states', () => expect(barsOf([]).bars).to.deep.equal([]));
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
