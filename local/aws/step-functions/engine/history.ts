/** An event in the shape of `GetExecutionHistory`. Its type decides which `…EventDetails` it has. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Seconds since the epoch, with milliseconds. */
  readonly timestamp: number;
  readonly type: string;
  [details: `${string}EventDetails`]: EventDetails;
}

type EventDetails = Readonly<Record<string, unknown>>;
/** What an event has beside its common fields. */
export type Details = Readonly<Record<`${string}EventDetails`, EventDetails>>;

/** AWS ends an execution whose history reaches this many events; the last of them says so. */
export const MAX_EVENTS = 25_000;

/** The history of one execution, in the order of its events. */
export class History {
  readonly #events: HistoryEvent[] = [];
  #stateEntries = 0;

  /** Appends an event and returns its id. `previousEventId` is the event that it follows, not the one before it. */
  record(type: string, previousEventId: number, details: Details = {}): number {
    const id = this.#events.length + 1;
    this.#events.push({ id, previousEventId, timestamp: Date.now() / 1000, type, ...details });
    if (type.endsWith('StateEntered')) this.#stateEntries += 1;
    return id;
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** Whether the next event must be the last one. */
  get isFull(): boolean {
    return this.#events.length >= MAX_EVENTS - 1;
  }

  /** How many states were entered. AWS bills these as state transitions, and one more for each retry and for the start. */
  get stateEntries(): number {
    return this.#stateEntries;
  }
}

/** An input or output as history events carry it. */
export function payload(name: 'input' | 'output', text: string): EventDetails {
  return { [name]: text, [`${name}Details`]: { truncated: false } };
}

/** An error as history events carry it: what is not known is left out. */
export function failure(error: string | undefined, cause: string | undefined): EventDetails {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

/** The event without the data that `includeExecutionData: false` hides. */
export function withoutExecutionData(event: HistoryEvent): HistoryEvent {
  const bare = Object.entries(event).map(([key, value]) => {
    if (!key.endsWith('EventDetails')) return [key, value];
    const details = Object.entries(value).filter(([name]) => !DATA_FIELDS.has(name));
    return [key, Object.fromEntries(details)];
  });
  return { ...event, ...Object.fromEntries(bare) };
}

const DATA_FIELDS = new Set(['input', 'inputDetails', 'output', 'outputDetails', 'parameters']);
