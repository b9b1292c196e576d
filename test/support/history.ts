import type { HistoryEvent } from '../../local/aws/step-functions/index.ts';
import type { LocalStack } from '../../local/stack.ts';
import { until } from './until.ts';

/** A stretch of an execution; times are milliseconds since the epoch, ids those of the events. */
export interface Span {
  readonly startId: number;
  readonly startedAt: number;
  /** Both undefined while it lasts, or when the execution ended before it. */
  readonly endId: number | undefined;
  readonly endedAt: number | undefined;
}

/** One item of a Map state. */
interface Iteration extends Span {
  readonly index: number;
  /** Index of the batch that it is, or belongs to. */
  readonly batch: number;
}

/** One invocation of a Lambda by a state. */
export interface Invocation extends Span {
  readonly input: unknown;
  /** The name that Retry and Catch match; undefined for a success. */
  readonly error: string | undefined;
}

/** Steps that wait for no AI: what they take is the noise of this machine. */
const QUICK_STEPS = [
  ...['ValidateInput', 'GetActions', 'CreateBatches', 'SaveTasks', 'ActionFailed', 'UpdateProgress'],
  ...['AggregateResults', 'UpdateGoalStatus', 'HandleError'],
] as const;

/** A field of the action that an invocation is about; ActionFailed is given it within `failure`. */
export function ofAction({ input }: Invocation, name: 'actionId' | 'position'): unknown {
  const failure: unknown = Reflect.get(Object(input), 'failure');
  return Reflect.get(Object(failure ?? input), name);
}

/** Only a defect makes a test wait for so long. */
const LIMIT_MS = 600_000;

const milliseconds = (event: HistoryEvent) => Math.round(event.timestamp * 1000);

/** Waits for the engine's end of an execution, without a request: what takes long is not asked about over and over. */
export const engineEnd = ({ stepFunctions: { executions } }: LocalStack, executionArn: string): Promise<void> =>
  until(() => !executions.running().includes(executionArn), `${executionArn} has ended`, LIMIT_MS);

/** Waits until an execution has entered so many states, or has ended. */
export const stateEntered = (
  { stepFunctions: { executions } }: LocalStack,
  executionArn: string,
  entries: number,
): Promise<void> =>
  until(
    () => !executions.running().includes(executionArn) || executions.stateEntries(executionArn) >= entries,
    `${executionArn} has entered ${entries} states`,
    LIMIT_MS,
  );

/** Reads the engine's history of one execution. */
export class ExecutionHistory {
  readonly #events: readonly HistoryEvent[];

  constructor(stack: LocalStack, executionArn: string) {
    this.#events = stack.stepFunctions.executions.history(executionArn);
  }

  /** The items of the Map state `ProcessBatches` or `ProcessActions`, in the order of their starts. */
  iterations(mapState: string): Iteration[] {
    const ends = new Map<number | undefined, HistoryEvent>();
    for (const event of this.#events) {
      const details = event.mapIterationSucceededEventDetails ?? event.mapIterationFailedEventDetails;
      if (details?.name === mapState) ends.set(this.#iterationOf(event, mapState)?.id, event);
    }
    return this.#events
      .filter((event) => event.mapIterationStartedEventDetails?.name === mapState)
      .map((start) => ({
        index: indexOf(start),
        batch: indexOf(this.#iterationOf(start, 'ProcessBatches')),
        ...span(start, ends.get(start.id)),
      }));
  }

  /** Every invocation by these states, in the order of their starts. */
  invocations(...states: readonly string[]): Invocation[] {
    const ends = new Map(
      this.#events
        .filter(({ type }) => /^LambdaFunction(Succeeded|Failed|TimedOut)$/.test(type))
        .map((end) => [this.#follows(end, ({ type }) => type === 'LambdaFunctionScheduled')?.id, end]),
    );
    return this.#events
      .filter((event) => event.type === 'LambdaFunctionScheduled' && states.includes(String(this.#stateOf(event))))
      .map((start) => {
        const end = ends.get(start.id);
        const failed = end?.lambdaFunctionFailedEventDetails ?? end?.lambdaFunctionTimedOutEventDetails;
        return {
          input: JSON.parse(String(start.lambdaFunctionScheduledEventDetails?.input)),
          error: failed === undefined ? undefined : String(failed.error),
          ...span(start, end),
        };
      });
  }

  /** Steps that wait for no AI and were given up all the same, as happens on a machine that holds them up. */
  givenUp(): Invocation[] {
    return this.invocations(...QUICK_STEPS).filter(({ error }) => error === 'States.Timeout');
  }

  /**
   * From then on whatever is left of the actions may be recorded as failed: once the batches are over, a step outside them has
   * failed, as on a machine that holds it up, or the execution has ended.
   */
  closingAt(): number {
    const closing = this.#events.find(
      ({ type, stateEnteredEventDetails: { name } = {} }) =>
        name === 'AggregateResults' || name === 'HandleError' || /^Execution(?!Started)/.test(type),
    );
    return closing === undefined ? Number.POSITIVE_INFINITY : milliseconds(closing);
  }

  /** The inputs with which a state was entered, each with the batch it belongs to. */
  entries(state: string): { readonly batch: number; readonly input: unknown }[] {
    return this.#events
      .filter((event) => event.stateEnteredEventDetails?.name === state)
      .map((event) => ({
        batch: indexOf(this.#iterationOf(event, 'ProcessBatches')),
        input: JSON.parse(String(event.stateEnteredEventDetails?.input)),
      }));
  }

  #stateOf(event: HistoryEvent): unknown {
    return this.#follows(event, ({ type }) => type.endsWith('StateEntered'))?.stateEnteredEventDetails?.name;
  }

  #iterationOf(event: HistoryEvent, mapState: string): HistoryEvent | undefined {
    return this.#follows(event, (each) => each.mapIterationStartedEventDetails?.name === mapState);
  }

  /** The nearest event that this one follows, itself included. */
  #follows(event: HistoryEvent, isWanted: (event: HistoryEvent) => boolean): HistoryEvent | undefined {
    let found: HistoryEvent | undefined = event;
    while (found !== undefined && !isWanted(found)) found = this.#events[found.previousEventId - 1];
    return found;
  }
}

const indexOf = (start: HistoryEvent | undefined) => Number(start?.mapIterationStartedEventDetails?.index);

function span(start: HistoryEvent, end: HistoryEvent | undefined): Span {
  return {
    startId: start.id,
    startedAt: milliseconds(start),
    endId: end?.id,
    endedAt: end === undefined ? undefined : milliseconds(end),
  };
}
