import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { executionRow, outcomeRow } from '../../core/test/support/rows.ts';
import { recordTimeline } from '../src/record-timeline.ts';
import { timelineOf } from '../src/timeline.ts';

const BEGIN = Date.UTC(2026, 0, 31, 9, 30);
const at = (ms: number) => new Date(BEGIN + ms).toISOString();

/** Events as GetExecutionHistory gives them, one every 100 ms: what each follows, its type, and its details. */
function history(
  ...steps: (readonly [follows: number, type: HistoryEventType, details?: Partial<HistoryEvent>])[]
): HistoryEvent[] {
  return steps.map(([previousEventId, type, details], index) => ({
    id: index + 1,
    previousEventId,
    type,
    timestamp: new Date(BEGIN + index * 100),
    ...details,
  }));
}
const entered = (name: string) => ({ stateEnteredEventDetails: { name } });
const exited = (name: string) => ({ stateExitedEventDetails: { name } });
const turn = (name: string, index: number) => ({ mapIterationStartedEventDetails: { name, index } });
const ids = Array.from({ length: 20 }, (_, index) => `action-${index}`);

describe('timelineOf', () => {
  it('gives states with durations, repeated attempts, failures and the end', () => {
    const { events, states } = timelineOf(
      history(
        [0, 'ExecutionStarted'],
        [0, 'TaskStateEntered', entered('ValidateInput')],
        [2, 'LambdaFunctionScheduled'],
        [3, 'LambdaFunctionStarted'],
        [4, 'LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { error: 'TransientError', cause: '{}' } }],
        [5, 'LambdaFunctionScheduled'],
        [6, 'LambdaFunctionStarted'],
        [7, 'LambdaFunctionSucceeded'],
        [8, 'TaskStateExited', exited('ValidateInput')],
        [9, 'ExecutionSucceeded'],
      ),
      ids,
    );
    const of = { state: 'ValidateInput', actionId: null, error: null, attempt: null };
    expect(events).to.deep.equal([
      { ...of, id: 2, at: at(100), kind: 'state', durationMs: 700 },
      { ...of, id: 5, at: at(400), kind: 'failure', durationMs: 200, error: 'TransientError', attempt: 1 },
      { ...of, id: 6, at: at(500), kind: 'attempt', durationMs: 200, attempt: 2 },
      { ...of, id: 10, at: at(900), kind: 'end', state: null, durationMs: 900 },
    ]);
    expect(states).to.deep.equal([
      { state: 'ValidateInput', startDate: at(100), stopDate: at(800), durationMs: 700, count: 1 },
    ]);
  });

  it('knows each action by its turns, also where a turn follows another that made room for it', () => {
    const { events, states } = timelineOf(
      history(
        [0, 'ExecutionStarted'],
        [0, 'MapStateEntered', entered('ProcessBatches')],
        [2, 'MapStateStarted'],
        [3, 'MapIterationStarted', turn('ProcessBatches', 1)],
        [4, 'MapStateEntered', entered('ProcessActions')],
        [5, 'MapStateStarted'],
        [6, 'MapIterationStarted', turn('ProcessActions', 0)],
        [7, 'TaskStateEntered', entered('GenerateTasks')],
        [8, 'TaskStateExited', exited('GenerateTasks')],
        [9, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: { name: 'ProcessActions', index: 0 } }],
        [9, 'MapIterationStarted', turn('ProcessActions', 3)],
        [11, 'TaskStateEntered', entered('GenerateTasks')],
        [12, 'TaskStateExited', exited('GenerateTasks')],
        [13, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: { name: 'ProcessActions', index: 3 } }],
        [14, 'MapStateSucceeded'],
        [15, 'MapStateExited', exited('ProcessActions')],
        [16, 'TaskStateEntered', entered('UpdateProgress')],
        [17, 'TaskStateExited', exited('UpdateProgress')],
        [18, 'MapIterationStarted', turn('ProcessBatches', 2)],
        [19, 'MapStateEntered', entered('ProcessActions')],
      ),
      ids,
    );
    expect(events.map(({ state, actionId }) => [state, actionId])).to.deep.equal([
      ['ProcessBatches', null],
      ['ProcessActions', null],
      ['GenerateTasks', 'action-8'],
      ['GenerateTasks', 'action-11'],
      ['UpdateProgress', null],
      ['ProcessActions', null],
    ]);
    expect(states.find(({ state }) => state === 'GenerateTasks')).to.deep.equal({
      state: 'GenerateTasks',
      startDate: at(700),
      stopDate: at(1200),
      durationMs: 500,
      count: 2,
    });
    // The second one goes on.
    expect(states.find(({ state }) => state === 'ProcessActions')).to.include({
      count: 2,
      stopDate: null,
      durationMs: null,
    });
  });

  it('is in order of time, ends with the execution what was cut off by it, and says why it ended', () => {
    const { events, states } = timelineOf(
      history(
        [0, 'ExecutionStarted'],
        [0, 'TaskStateEntered', entered('GetActions')],
        [2, 'LambdaFunctionScheduled'],
        [0, 'TaskStateEntered', entered('Other')],
        [3, 'LambdaFunctionFailed'],
        [0, 'ExecutionAborted', { executionAbortedEventDetails: { error: 'ABORT', cause: 'no' } }],
      ),
      ids,
    );
    expect(events.map(({ state, kind, durationMs, error }) => [state, kind, durationMs, error])).to.deep.equal([
      ['GetActions', 'state', 400, null],
      ['Other', 'state', 200, null],
      ['GetActions', 'failure', 200, 'Error'],
      [null, 'end', 500, 'ABORT'],
    ]);
    expect(states[0]).to.include({ stopDate: at(500), durationMs: 400 });
  });

  /** The details that an event of this type has under the name of it. */
  const failed = (type: HistoryEventType, error: string): Partial<HistoryEvent> => ({
    [`${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`]: { error },
  });
  for (const type of [
    'LambdaFunctionTimedOut',
    'LambdaFunctionScheduleFailed',
    'LambdaFunctionStartFailed',
    'TaskFailed',
    'TaskTimedOut',
    'TaskSubmitFailed',
    'TaskStartFailed',
  ] as const) {
    it(`takes ${type} for a failure`, () => {
      const scheduled = type.startsWith('Task') ? 'TaskScheduled' : 'LambdaFunctionScheduled';
      const steps = [
        [0, 'ExecutionStarted'],
        [0, 'TaskStateEntered', entered('S')],
        [2, scheduled],
      ] as const;
      const { events } = timelineOf(history(...steps, [3, type, failed(type, 'E')]), ids);
      expect(events[1]).to.include({ kind: 'failure', error: 'E', attempt: 1, durationMs: 100 });
    });
  }

  it('takes an event without what it should have for what it can be', () => {
    const steps = history(
      [0, 'ExecutionStarted'],
      [0, 'MapIterationStarted', turn('B', 1)],
      [2, 'MapIterationStarted', { mapIterationStartedEventDetails: { name: 'A' } }],
      [3, 'TaskStateEntered', entered('S')],
      [4, 'TaskScheduled'],
      [5, 'TaskFailed'],
      // Ends of which nobody knows the begin.
      [1, 'TaskSucceeded'],
      [1, 'TaskStateExited', exited('Other')],
      [1, 'TaskScheduled'],
    );
    const { events } = timelineOf(
      steps.map((event) => ({ ...event, timestamp: undefined })),
      ids,
    );
    const of = { at: new Date(0).toISOString(), state: 'S', actionId: 'action-8' };
    expect(events).to.deep.equal([
      { ...of, id: 4, kind: 'state', durationMs: null, error: null, attempt: null },
      { ...of, id: 6, kind: 'failure', durationMs: 0, error: 'Error', attempt: 1 },
    ]);
  });

  for (const [type, error] of [
    ['ExecutionFailed', 'WorkflowFailed'],
    ['ExecutionTimedOut', 'States.Timeout'],
    ['ExecutionFailed', null],
    ['ExecutionSucceeded', null],
  ] as const) {
    it(`takes ${type} for the end, ${error ?? 'of no error'}`, () => {
      const details = error === null ? {} : failed(type, error);
      const { events } = timelineOf(history([0, 'ExecutionStarted'], [0, type, details]), ids);
      const told = events.map((each) => [each.kind, each.durationMs, each.error]);
      expect(told).to.deep.equal([['end', 100, error]]);
    });
  }
});

describe('recordTimeline', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24) + seconds * 1000).toISOString();
  const record = executionRow({ startedAt: at(0), totalActions: 3 });
  const NOTHING = { state: null, actionId: null, durationMs: null, error: null, attempt: null };

  it('is in order of time, of one that runs without an end, and says nothing of what has not happened', () => {
    const outcomes = [
      outcomeRow(0, { outcome: 'FAILED', updatedAt: at(9) }),
      outcomeRow(1, { updatedAt: at(5) }),
      outcomeRow(2, { outcome: 'PENDING', updatedAt: at(7) }),
      outcomeRow(3, { outcome: 'SAVED' }),
    ];
    expect(recordTimeline({ ...record, confirmedAt: at(2) }, outcomes)).to.deep.equal({
      events: [
        { ...NOTHING, id: 1, at: at(0), kind: 'state', state: 'ValidateInput', durationMs: 2_000 },
        { ...NOTHING, id: 2, at: at(5), kind: 'state', state: 'SaveTasks', actionId: 'a1' },
        { ...NOTHING, id: 3, at: at(9), kind: 'failure', state: 'GenerateTasks', actionId: 'a0', error: 'Error' },
      ],
      states: [
        { state: 'ValidateInput', startDate: at(0), stopDate: at(2), durationMs: 2_000, count: 1 },
        { state: 'ProcessBatches', startDate: at(2), stopDate: null, durationMs: null, count: 1 },
      ],
    });
  });

  it('begins with the first outcome where nobody noted the begin, and ends with the record', () => {
    const ended = { ...record, status: 'FAILED', stoppedAt: at(60), error: 'E' } as const;
    const outcomes = [
      outcomeRow(0, { outcome: 'CANCELLED', updatedAt: at(30) }),
      outcomeRow(1, { outcome: 'FAILED', error: 'Wrong', updatedAt: at(20) }),
    ];
    expect(recordTimeline(ended, outcomes)).to.deep.equal({
      events: [
        { ...NOTHING, id: 1, at: at(20), kind: 'failure', state: 'GenerateTasks', actionId: 'a1', error: 'Wrong' },
        { ...NOTHING, id: 2, at: at(30), kind: 'failure', actionId: 'a0', error: 'ABORT' },
        { ...NOTHING, id: 3, at: at(60), kind: 'end', durationMs: 60_000, error: 'E' },
      ],
      states: [{ state: 'ProcessBatches', startDate: at(20), stopDate: at(60), durationMs: 40_000, count: 1 }],
    });
  });

  it('has no negative durations, whatever the clocks say', () => {
    const { events, states } = recordTimeline({ ...record, confirmedAt: at(-2), stoppedAt: at(-4) }, []);
    expect(events.map(({ durationMs }) => durationMs)).to.deep.equal([0, 0]);
    expect(states.map(({ durationMs }) => durationMs)).to.deep.equal([0, 0]);
  });
});
