import type { StreamRecord } from './record.ts';

/** How a mapping invokes its function (`aws_lambda_event_source_mapping`). */
export interface BatchRules {
  readonly bisectOnError: boolean;
  readonly reportsItemFailures: boolean;
  /** Retries after the first try; -1 for as many as it takes. */
  readonly maximumRetries: number;
  /** From the first time that a record was read; -1 for ever. */
  readonly maximumAgeMs: number;
}

export interface BatchOptions {
  readonly rules: BatchRules;
  invoke(records: readonly StreamRecord[]): Promise<unknown>;
  /** Is told of records that need not come again: they were taken, or given up. */
  done(last: StreamRecord): void;
  /** Is told of records that are given up, where AWS has the on-failure destination. */
  discard(records: readonly StreamRecord[], why: string): void;
  /** Is told of a try that failed. */
  failed(records: readonly StreamRecord[], error: unknown): void;
  /** Waits before a try; the number of tries that have failed in a row says how long. Rejects to give up, as nothing happened. */
  pause(failures: number): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Has a batch of records processed, in their order, until each was taken or given up. As Lambda does: a batch that fails
 * is tried again, in halves if the mapping says so; if the function names records that failed, from the first of those;
 * and it is given up after so many retries or so much time.
 * Source: Lambda guide, "Retaining discarded batches", "Configuring partial batch response".
 */
export async function processBatch(batch: readonly StreamRecord[], options: BatchOptions): Promise<void> {
  const { rules, done, discard, failed, pause, now } = options;
  const firstRead = now();
  let rest = batch;
  for (let failures = 0; ; ) {
    const last = rest.at(-1);
    if (last === undefined) return;
    const { from, error } = await attempt(rest, options);
    const before = rest[from - 1];
    if (before !== undefined) {
      done(before);
      failures = 0; // of the records that are first now
    }
    rest = rest.slice(from);
    if (rest.length === 0) return;
    failed(rest, error);
    if (rules.bisectOnError && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      await processBatch(rest.slice(0, middle), options);
      return processBatch(rest.slice(middle), options);
    }
    failures += 1;
    const isTooOld = rules.maximumAgeMs >= 0 && now() - firstRead > rules.maximumAgeMs;
    if (isTooOld || (rules.maximumRetries >= 0 && failures > rules.maximumRetries)) {
      discard(rest, isTooOld ? 'RecordAgeExceeded' : 'RetryAttemptsExhausted');
      done(last);
      return;
    }
    await pause(failures);
  }
}

/** One invocation: the index of the first record that must come again, which is behind the last when all went well. */
async function attempt(
  records: readonly StreamRecord[],
  { rules, invoke }: BatchOptions,
): Promise<{ from: number; error?: unknown }> {
  let answer: unknown;
  try {
    answer = await invoke(records);
  } catch (error) {
    return { from: 0, error };
  }
  if (!rules.reportsItemFailures) return { from: records.length };
  const identifiers = failedIdentifiers(answer);
  if (identifiers.length === 0) return { from: records.length };
  const error = new Error(`the function reported failures: ${JSON.stringify(identifiers)}`);
  const indexes = identifiers.map((identifier) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === identifier),
  );
  // An identifier that is none of the batch's makes the whole batch a failure.
  return { from: Math.max(0, Math.min(...indexes)), error };
}

/** What stands in `batchItemFailures`; nothing when there is no such list, which counts as success. */
function failedIdentifiers(answer: unknown): unknown[] {
  const failures: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'batchItemFailures') : [];
  if (!Array.isArray(failures)) return [];
  return failures.map((failure: unknown) =>
    typeof failure === 'object' && failure !== null ? Reflect.get(failure, 'itemIdentifier') : undefined,
  );
}
