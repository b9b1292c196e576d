import type { ExecutionRow, OutcomeRow } from '@goal-activity/core/types.ts';
import { NOTHING, type StateTime, type Timeline, type TimelineEvent } from './timeline.ts';

/** What became of an action, as an event: when its outcome was written. */
function outcomeEvent({ outcome, actionId, error, updatedAt: at }: OutcomeRow): Omit<TimelineEvent, 'id'>[] {
  if (at === undefined) return [];
  if (outcome === 'SAVED') return [{ ...NOTHING, at, kind: 'state', state: 'SaveTasks', actionId }];
  if (outcome === 'FAILED')
    return [{ ...NOTHING, at, kind: 'failure', state: 'GenerateTasks', actionId, error: error ?? 'Error' }];
  return outcome === 'CANCELLED' ? [{ ...NOTHING, at, kind: 'failure', actionId, error: 'ABORT' }] : [];
}

/**
 * The timeline of an execution that Step Functions does not know (it never began there, or ended long ago), of which it
 * knows nothing but the end, or of which it does not answer: as much as the database tells. Of failures it does not tell in which state they
 * happened; nearly all of them do in GenerateTasks.
 */
export function recordTimeline(record: ExecutionRow, outcomes: readonly OutcomeRow[]): Timeline {
  const { startedAt, confirmedAt, stoppedAt, error = null } = record;
  const span = (from: string, to: string) => Math.max(0, Date.parse(to) - Date.parse(from));
  const stateTime = (state: string, startDate: string, stopDate: string | undefined, count = 1): StateTime => ({
    state,
    startDate,
    stopDate: stopDate ?? null,
    durationMs: stopDate === undefined ? null : span(startDate, stopDate),
    count,
  });
  const changes = outcomes.flatMap(({ updatedAt }) => updatedAt ?? []).sort();
  const events = outcomes.flatMap(outcomeEvent);
  if (confirmedAt !== undefined) {
    const durationMs = span(startedAt, confirmedAt);
    events.unshift({ ...NOTHING, at: startedAt, kind: 'state', state: 'ValidateInput', durationMs });
  }
  events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (stoppedAt !== undefined) {
    events.push({ ...NOTHING, at: stoppedAt, kind: 'end', durationMs: span(startedAt, stoppedAt), error });
  }
  const working = confirmedAt ?? changes[0];
  return {
    events: events.map((event, index) => ({ id: index + 1, ...event })),
    states: [
      ...(confirmedAt === undefined ? [] : [stateTime('ValidateInput', startedAt, confirmedAt)]),
      ...(working === undefined ? [] : [stateTime('ProcessBatches', working, stoppedAt)]),
    ],
  };
}
