/** An event in the shape of `GetExecutionHistory`. Its type decides which `…EventDetails` it has. */
export interface HistoryEvent {
  readonly id: number;
  /** The event that it follows, which need not be the one before it. */
  readonly previousEventId: number;
  /** Seconds since the epoch, with milliseconds. */
  readonly timestamp: number;
  readonly type: string;
  [details: `${string}EventDetails`]: Readonly<Record<string, unknown>>;
}

/** The history of one execution, in the order of its events. */
export class History {
  readonly events: HistoryEvent[] = [];
  /** How many states were entered. AWS bills these as state transitions, and one more for each retry and for the start. */
  stateEntries = 0;
  readonly #onEvent: (event: HistoryEvent) => void;

  /** @param onEvent is told of each event, without the data that it carries */
  constructor(onEvent: (event: HistoryEvent) => void = () => undefined) {
    this.#onEvent = onEvent;
  }

  /** Appends an event and returns its id. */
  record(type: string, previousEventId: number, details?: Readonly<Record<string, unknown>>): number {
    const id = this.events.length + 1;
    const named = details === undefined ? {} : { [detailsName(type)]: details };
    const event: HistoryEvent = { id, previousEventId, timestamp: Date.now() / 1000, type, ...named };
    this.events.push(event);
    this.#onEvent(withoutExecutionData(event));
    if (type.endsWith('StateEntered')) this.stateEntries += 1;
    return id;
  }
}

/** All kinds of states share `stateEnteredEventDetails` and `stateExitedEventDetails`. */
function detailsName(type: string): `${string}EventDetails` {
  const name = type.replace(/^[A-Z]\w*(?=State(Entered|Exited)$)/, '');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}EventDetails`;
}

/** An input or output as history events carry it. */
export const payload = (name: 'input' | 'output', text: string) => ({
  [name]: text,
  [`${name}Details`]: { truncated: false },
});

/** An error as history events carry it: what is not known is left out. */
export const failure = (error: string | undefined, cause: string | undefined) => ({
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
});

/**
 * An event as a line of the state machine's log, whose level is ALL (Step Functions guide, "Logging in CloudWatch Logs").
 * The cause of a failure, which quotes what a function threw, is left to the function's own line.
 * @param event without execution data
 */
export function logLine(
  executionArn: string,
  { id, previousEventId, timestamp, type, ...details }: HistoryEvent,
): string {
  const [named = {}] = Object.values(details);
  return JSON.stringify({
    id: String(id),
    type,
    details: { ...named, cause: undefined },
    redrive_count: '0',
    previous_event_id: String(previousEventId),
    event_timestamp: String(Math.round(timestamp * 1000)),
    execution_arn: executionArn,
  });
}

const DATA_FIELDS = new Set(['input', 'inputDetails', 'output', 'outputDetails', 'parameters']);

/** The event without the data that `includeExecutionData: false` hides. */
export function withoutExecutionData(event: HistoryEvent): HistoryEvent {
  const details = Object.entries(event).filter(([key]) => key.endsWith('EventDetails'));
  const bare = details.map(([key, fields]) => [
    key,
    Object.fromEntries(Object.entries(fields).filter(([name]) => !DATA_FIELDS.has(name))),
  ]);
  return { ...event, ...Object.fromEntries(bare) };
}
