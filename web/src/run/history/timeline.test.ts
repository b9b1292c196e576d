import type { HistoryEvent, Outcome } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import { barsOf, rowsOf, SORTS, sortRows } from './timeline.ts';

const at = (milliseconds: number) => new Date(Date.UTC(2026, 0, 1) + milliseconds).toISOString();
let events = 0;
/** @param start in milliseconds after the run began */
function event(kind: HistoryEvent['kind'], start: number, more: Partial<HistoryEvent>): HistoryEvent {
  events += 1;
  return {
    id: events,
    at: at(start),
    kind,
    state: null,
    actionId: null,
    durationMs: null,
    error: null,
    attempt: null,
    ...more,
  };
}
const asked = { actionId: 'a1', state: 'GenerateTasks' };

const run = (...outcomes: readonly Outcome[]) => ({
  status: 'PARTIALLY_SUCCEEDED' as const,
  startDate: at(0),
  outcomes: outcomes.map((outcome, index) => ({ actionId: `a${index + 1}`, position: index, outcome, taskCount: 0 })),
});
const rowOf = (history: readonly HistoryEvent[], outcome: Outcome) => {
  const [row] = rowsOf({ events: [...history] }, run(outcome)).rows;
  return {
    ...row,
    attempts: row?.attempts.map(({ state, number, at: _, ...rest }) => ({ name: `${state} ${number}`, ...rest })),
  };
};

describe('rowsOf', () => {
  it('sets the attempts of an action over the time of the run; the entry of a state is its first attempt', () => {
    const history = [
      event('state', 0, { ...asked, durationMs: 6_000 }),
      event('failure', 2_000, { ...asked, durationMs: 2_000, error: 'TransientError', attempt: 1 }),
      event('attempt', 4_000, { ...asked, durationMs: 2_000, attempt: 2 }),
      event('state', 6_000, { ...asked, state: 'SaveTasks', durationMs: 1_000 }),
      event('state', 7_000, { ...asked, state: 'ActionFailed', durationMs: 500 }),
      event('end', 8_000, { durationMs: 8_000 }),
    ];
    expect(rowOf(history, 'SAVED')).to.deep.equal({
      actionId: 'a1',
      position: 0,
      phase: 'saved',
      durationMs: 7_000,
      attempts: [
        { name: 'GenerateTasks 1', durationMs: 2_000, error: 'TransientError', left: 0, width: 0.25 },
        { name: 'GenerateTasks 2', durationMs: 2_000, error: null, left: 0.5, width: 0.25 },
        { name: 'SaveTasks 1', durationMs: 1_000, error: null, left: 0.75, width: 0.125 },
      ],
    });
  });

  it('shows as much as there is where the history was made of what was recorded', () => {
    const failure = event('failure', 4_000, { ...asked, error: 'BatchTimeout' });
    const saved = event('state', 8_000, { ...asked, state: 'SaveTasks' });
    expect(rowOf([failure, saved], 'FAILED')).to.deep.include({
      phase: 'failed',
      durationMs: null,
      attempts: [
        { name: 'GenerateTasks 1', durationMs: null, error: 'BatchTimeout', left: 0.5, width: 0 },
        { name: 'SaveTasks 1', durationMs: null, error: null, left: 1, width: 0 },
      ],
    });
    expect(rowOf([], 'PENDING')).to.deep.include({ phase: 'waiting', durationMs: null, attempts: [] });
  });
});

describe('sortRows', () => {
  it('goes by order, by duration, the longest first, and by result, failures first', () => {
    const history = [
      event('state', 0, { ...asked, durationMs: 10 }),
      event('state', 0, { ...asked, actionId: 'a3', durationMs: 30 }),
      event('state', 0, { ...asked, actionId: 'a4', durationMs: 20 }),
    ];
    const { rows } = rowsOf({ events: history }, run('SAVED', 'PENDING', 'SAVED', 'FAILED'));
    const orders = SORTS.map((sort) => sortRows(rows, sort).map(({ actionId }) => actionId));
    expect(orders).to.deep.equal([
      ['a1', 'a2', 'a3', 'a4'],
      ['a3', 'a4', 'a1', 'a2'],
      ['a4', 'a2', 'a1', 'a3'],
    ]);
  });
});

describe('barsOf', () => {
  it('gives shares of the whole in order of the start, and lets an open state last to the end', () => {
    const { bars, totalMs } = barsOf([
      { state: 'B', startDate: at(5_000), stopDate: null, durationMs: null, count: 2 },
      { state: 'A', startDate: at(0), stopDate: at(10_000), durationMs: 10_000, count: 1 },
    ]);
    expect(totalMs).to.equal(10_000);
    expect(bars).to.deep.equal([
      { state: 'A', count: 1, startMs: 0, durationMs: 10_000, left: 0, width: 1 },
      { state: 'B', count: 2, startMs: 5_000, durationMs: 5_000, left: 0.5, width: 0.5 },
    ]);
  });

  it('is empty without states', () => expect(barsOf([]).bars).to.deep.equal([]));
});
