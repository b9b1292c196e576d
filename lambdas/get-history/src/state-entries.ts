import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { LIMITS } from '@goal-activity/core/schema.ts';

/** One turn of a Map: its state and the index of the item. */
export interface Turn {
  readonly map: string;
  readonly index: number;
}

/** One call of a task state. */
export interface Attempt {
  readonly eventId: number;
  readonly at: number;
  /** From 1. */
  readonly number: number;
  endedAt: number | undefined;
  /** The event with its answer or failure. */
  endEventId: number | undefined;
  /** Set when it failed; with the id of the event that says so. */
  failure: { readonly eventId: number; readonly error: string } | undefined;
}

/** A state that was entered. Times are milliseconds since the epoch. */
export interface StateEntry {
  readonly eventId: number;
  readonly state: string;
  /** The turns around it, outermost first. */
  readonly turns: readonly Turn[];
  readonly actionId: string | undefined;
  readonly enteredAt: number;
  exitedAt: number | undefined;
  exitEventId: number | undefined;
  readonly attempts: Attempt[];
}

/** How the execution ended. */
interface HistoryEnd {
  readonly eventId: number;
  readonly at: number;
  readonly error: string | undefined;
}

/** Where in the definition an event happened. */
interface Place {
  /** The turns around it, outermost first. */
  readonly turns: readonly Turn[];
  readonly entry: StateEntry | undefined;
}

const START: Place = { turns: [], entry: undefined };

/** The turns around a Map state, given any place in or after it. */
function turnsAround(turns: readonly Turn[], map: string): readonly Turn[] {
  const depth = turns.findIndex((turn) => turn.map === map);
  return depth === -1 ? turns : turns.slice(0, depth);
}

/** The action of a turn of the inner Map: batches are cut from the execution's actions in order (create-batches). */
function actionAt(turns: readonly Turn[], actionIds: readonly string[]): string | undefined {
  const [batch, action] = turns;
  return batch && action && actionIds[batch.index * LIMITS.actionsPerBatch + action.index];
}

/** `error` of the one object of details that a failure event has, under the name of its type. */
function errorOf(event: HistoryEvent): string | undefined {
  const details: unknown = Object.entries(event).find(([name]) => name.endsWith('EventDetails'))?.[1];
  const { error }: { error?: string } = Object(details);
  return error;
}

const SCHEDULED = /^(LambdaFunction|Task)Scheduled$/;
const SUCCEEDED = /^(LambdaFunction|Task)Succeeded$/;
const FAILED = /^(LambdaFunction|Task)(Failed|TimedOut|ScheduleFailed|StartFailed|SubmitFailed)$/;
const ENDED = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

/**
 * Reads the events of GetExecutionHistory (AWS's, or the local engine's, which has the same) as entries of states.
 * An event says which event it follows, and so in which turn of which Map it is: neither inputs nor outputs are needed.
 * @param events all of them, oldest first
 * @param actionIds of the execution, in order of position
 */
export function readStateEntries(
  events: readonly HistoryEvent[],
  actionIds: readonly string[],
): { entries: StateEntry[]; end: HistoryEnd | undefined } {
  const entries: StateEntry[] = [];
  const places = new Map<number, Place>();
  /** The last visits, by turns and state. */
  const visits = new Map<string, StateEntry>();
  const keyOf = (turns: readonly Turn[], state: string) => JSON.stringify([turns, state]);
  let end: HistoryEnd | undefined;

  for (const event of events) {
    const { id = 0, previousEventId = 0, type = '' } = event;
    const at = event.timestamp?.getTime() ?? 0;
    const before = places.get(previousEventId) ?? START;
    let place = before;
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    const turn = event.mapIterationStartedEventDetails;
    if (turn?.name !== undefined) {
      // It follows the start of the Map, or the turn whose end made room for it.
      const turns = [...turnsAround(before.turns, turn.name), { map: turn.name, index: turn.index ?? 0 }];
      place = { turns, entry: undefined };
    } else if (entered !== undefined) {
      const actionId = actionAt(before.turns, actionIds);
      const entry: StateEntry = {
        eventId: id,
        state: entered,
        turns: before.turns,
        actionId,
        enteredAt: at,
        exitedAt: undefined,
        exitEventId: undefined,
        attempts: [],
      };
      entries.push(entry);
      visits.set(keyOf(before.turns, entered), entry);
      place = { turns: before.turns, entry };
    } else if (exited !== undefined) {
      const turns = turnsAround(before.turns, exited);
      const entry = visits.get(keyOf(turns, exited));
      if (entry !== undefined) Object.assign(entry, { exitedAt: at, exitEventId: id });
      place = { turns, entry: undefined };
    } else if (SCHEDULED.test(type)) {
      const attempts = before.entry?.attempts;
      const open = { endedAt: undefined, endEventId: undefined, failure: undefined };
      attempts?.push({ eventId: id, at, number: attempts.length + 1, ...open });
    } else if (SUCCEEDED.test(type) || FAILED.test(type)) {
      const attempt = before.entry?.attempts.at(-1);
      if (attempt !== undefined) {
        Object.assign(attempt, { endedAt: at, endEventId: id });
        if (FAILED.test(type)) attempt.failure = { eventId: id, error: errorOf(event) ?? 'Error' };
      }
    } else if (ENDED.test(type)) {
      end = { eventId: id, at, error: errorOf(event) };
    }
    places.set(id, place);
  }
  return { entries, end };
}
