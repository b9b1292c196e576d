import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { readStateEntries, type StateEntry } from '@goal-activity/get-history/src/state-entries.ts';
import { ReplayError } from './history-file.ts';

/** What became of a call. `cause` and the texts of inputs and outputs are as recorded. */
export type Result =
  | { readonly kind: 'answered'; readonly output: string | undefined }
  | { readonly kind: 'failed' | 'timed out'; readonly error: string; readonly cause: string | undefined }
  /** The execution ended before. */
  | { readonly kind: 'open' };

/** One call of a task. Times are milliseconds since the epoch. */
export interface Call {
  readonly visit: Visit;
  readonly eventId: number;
  readonly endEventId: number | undefined;
  /** Within its visit, from 1. */
  readonly number: number;
  readonly at: number;
  readonly endedAt: number | undefined;
  readonly input: string | undefined;
  readonly result: Result;
}

/** A state that was entered. */
export interface Visit {
  /** The items of Maps around it, such as `ProcessBatches[0].ProcessActions[3]`; empty for the run itself. */
  readonly place: string;
  readonly state: string;
  /** Place and state: the same in two runs that do the same. */
  readonly key: string;
  readonly eventId: number;
  readonly exitEventId: number | undefined;
  readonly at: number;
  readonly input: string | undefined;
  readonly exitedAt: number | undefined;
  readonly output: string | undefined;
  readonly calls: readonly Call[];
}

export interface End {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'RUNNING';
  readonly at: number;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** An execution, as its history tells it. */
export interface Recording {
  readonly startedAt: number;
  readonly input: string | undefined;
  /** Undefined where no input says it: a history has no ARN of its own. */
  readonly executionArn: string | undefined;
  readonly visits: readonly Visit[];
  readonly end: End;
  /** The events after the first end were left out: they belong to a redrive. */
  readonly redrives: number;
}

const STATUSES: Readonly<Record<string, End['status']>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** Inputs, outputs and errors of an event, which stand under a name that its type decides. */
function detailsOf(event: HistoryEvent | undefined) {
  const details: unknown = Object.entries(event ?? {}).find(([name]) => name.endsWith('EventDetails'))?.[1];
  const read: { readonly [name in 'input' | 'output' | 'parameters' | 'error' | 'cause']?: string } = Object(details);
  return read;
}

/**
 * Reads a history as visits of states and their calls. A redrive goes on from the state that failed (API reference of
 * RedriveExecution), which the local engine cannot: what comes after the first end is left out.
 * @param history all events, oldest first
 */
export function readRecording(history: readonly HistoryEvent[]): Recording {
  const endIndex = history.findIndex(({ type = '' }) => type in STATUSES);
  const events = endIndex < 0 ? history : history.slice(0, endIndex + 1);
  const eventOf = (id: number | undefined) => (id === undefined ? undefined : events[id - 1]);
  const timeOf = (event: HistoryEvent | undefined) => event?.timestamp?.getTime() ?? 0;
  const last = events.at(-1);
  const { output, error, cause } = detailsOf(last);
  const status = STATUSES[last?.type ?? ''] ?? 'RUNNING';
  return {
    startedAt: timeOf(events[0]),
    input: detailsOf(events[0]).input,
    executionArn: executionArnIn(events),
    visits: readStateEntries(events, []).entries.map((entry) => visitOf(entry, eventOf)),
    end: { status, at: timeOf(last), ...(status === 'RUNNING' ? {} : { output, error, cause }) },
    redrives: history.filter(({ type }) => type === 'ExecutionRedriven').length,
  };
}

function visitOf(entry: StateEntry, eventOf: (id: number | undefined) => HistoryEvent | undefined): Visit {
  const place = entry.turns.map(({ map, index }) => `${map}[${index}]`).join('.');
  const calls: Call[] = [];
  const visit = {
    place,
    state: entry.state,
    key: place === '' ? entry.state : `${place}.${entry.state}`,
    eventId: entry.eventId,
    exitEventId: entry.exitEventId,
    at: entry.enteredAt,
    input: detailsOf(eventOf(entry.eventId)).input,
    exitedAt: entry.exitedAt,
    output: detailsOf(eventOf(entry.exitEventId)).output,
    calls,
  };
  for (const { eventId, number, at, endedAt, endEventId } of entry.attempts) {
    const { input, parameters } = detailsOf(eventOf(eventId));
    const result = resultOf(eventOf(endEventId));
    calls.push({ visit, eventId, endEventId, number, at, endedAt, input: input ?? parameters, result });
  }
  return visit;
}

function resultOf(event: HistoryEvent | undefined): Result {
  if (event === undefined) return { kind: 'open' };
  const { output, error = 'Error', cause } = detailsOf(event);
  if (event.type?.endsWith('Succeeded')) return { kind: 'answered', output };
  return { kind: event.type?.endsWith('TimedOut') ? 'timed out' : 'failed', error, cause };
}

const EXECUTION_ARN = /arn:[\w-]+:states:[\w-]+:\d{12}:execution:[\w-]+:[^"\\\s]+/;

function executionArnIn(events: readonly HistoryEvent[]): string | undefined {
  const inputs = events.filter(({ type }) => type?.endsWith('Scheduled')).map(detailsOf);
  return inputs.map(({ input, parameters }) => EXECUTION_ARN.exec(input ?? parameters ?? '')?.[0]).find(Boolean);
}

/**
 * Makes sure that a recording has what a replay needs: the execution's input and every answer. Errors and causes are there even
 * without execution data, which is inputs and outputs (API reference of GetExecutionHistory).
 * @throws ReplayError naming what is missing
 */
export function requireData(path: string, { input, visits }: Recording): void {
  const without = visits.filter(({ calls }) =>
    calls.some(({ result }) => result.kind === 'answered' && result.output === undefined),
  );
  const states = [...new Set(without.map(({ state }) => state))];
  const lacking = [
    ...(input !== undefined ? [] : ["the execution's input"]),
    ...(states.length === 0 ? [] : [`the answers of ${states.join(', ')}`]),
  ];
  if (lacking.length === 0) return;
  throw new ReplayError(`${path} lacks ${lacking.join(' and ')}. Download it with --include-execution-data`);
}
