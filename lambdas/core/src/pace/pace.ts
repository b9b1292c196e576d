/**
 * Actions are slow that take more than so many times as long as is usual, and so many milliseconds more. Where the AI draws
 * its latency from a wide range, the median of a few actions may be half as long again without any cause, but hardly twice
 * as long. A cold start or one repetition after 2 s is less than 5 s, and where all is quick nobody minds so much.
 */
const SLOW = { times: 2, moreMs: 5_000 } as const;

/** Milliseconds that the actions of an execution took, and that they usually take; undefined where that is not known. */
export interface Times {
  readonly actionMs?: number | undefined;
  readonly usualActionMs?: number | undefined;
}

/** What an answer and a log line call it. */
export const SLOWER = 'slower_than_usual';

/** What an execution that has ended took. */
export interface Taken {
  /** Milliseconds of its actions, by the median. */
  readonly actionMs: number;
  /** Milliseconds of one wave of them. */
  readonly waveMs: number;
  /** Of the AI, for each action that was saved; answers that were refused included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What is known of the pace of a stage; what it makes neither fails nor holds up whoever asks. */
export interface Pace {
  /** Milliseconds that the actions of an execution usually take; undefined while that is not known. */
  usualActionMs(): Promise<number | undefined>;
  /** Notes what one took that has ended; nothing if none of its actions was saved. */
  note(taken: Taken | undefined): Promise<void>;
}

/** Knows nothing: for those who end no execution. */
export const NO_PACE: Pace = { usualActionMs: async () => undefined, note: async () => undefined };

/** The middle value, or the middle between two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return (at(Math.floor((sorted.length - 1) / 2)) + at(Math.ceil((sorted.length - 1) / 2))) / 2;
}

const limitOf = (usualMs: number) => Math.max(SLOW.times * usualMs, usualMs + SLOW.moreMs);

/** Whether actions are much slower than is usual in their stage (requirement 12); no without a time to compare with. */
export const isSlow = ({ actionMs, usualActionMs }: Times): boolean =>
  actionMs !== undefined && usualActionMs !== undefined && actionMs > limitOf(usualActionMs);
