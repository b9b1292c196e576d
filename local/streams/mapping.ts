import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { matches } from '../events.ts';
import { type BatchRules, processBatch } from './batches.ts';
import { type StreamRecord, TTL_IDENTITY, toStreamRecord } from './record.ts';
import type { StreamStore } from './store.ts';

/** A Lambda that gets the records of a table's stream (`aws_lambda_event_source_mapping`). */
export interface StreamMapping extends Omit<BatchRules, 'maximumAgeMs'> {
  /** Its name in the Terraform document, which its checkpoint is kept under. */
  readonly name: string;
  readonly tableName: string;
  /** As AWS names the stream; the function sees this. */
  readonly streamArn: string;
  /** The table's TTL attribute, which tells a row that expired from a later one with the same key. */
  readonly ttlAttribute: string | undefined;
  readonly functionName: string;
  readonly batchSize: number;
  readonly startingPosition: 'LATEST' | 'TRIM_HORIZON';
  /** A record is wanted if one of them matches it, or if there are none. */
  readonly patterns: readonly unknown[];
  /** -1 for ever. */
  readonly maximumAgeSeconds: number;
}

export interface MappingOptions {
  readonly mapping: StreamMapping;
  readonly client: DynamoDBStreamsClient;
  readonly store: StreamStore;
  /** Multiplies pauses between tries, and the age at which records are given up. */
  readonly timeScale: number;
  invoke(functionName: string, event: { readonly Records: readonly StreamRecord[] }): Promise<unknown>;
  /** Is told of what goes wrong: tries that failed, records that are given up, reads that failed. */
  onFailure(functionName: string, what: string): void;
}

/** AWS reads four times a second; a stack that does nothing must cost little. */
const IDLE_MS = 1000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_CLOSE_MS = 5000;
const PAGE_SIZE = 500;

/** It is to end: whatever is under way stops without an effect, and its records come again. */
class Closing extends Error {}

/**
 * Reads a table's stream and invokes a Lambda with the records that it wants, from its checkpoint on: each at least once,
 * and in order, over any restart. It works from its creation until it is closed.
 */
export class RunningMapping {
  readonly tableName: string;
  readonly #options: MappingOptions;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  #waking = new AbortController();
  #caughtUpAt = 0;

  constructor(options: MappingOptions) {
    this.#options = options;
    this.tableName = options.mapping.tableName;
    this.#ended = this.#run();
  }

  /** When it last found that it had read everything, in milliseconds since the epoch; 0 before. */
  get caughtUpAt(): number {
    return this.#caughtUpAt;
  }

  /** Has it look for records now, not only when its pause is over. */
  wake(): void {
    this.#waking.abort();
  }

  /** Ends it, after the invocation under way if that ends soon. */
  async close(): Promise<void> {
    this.#closing.abort();
    const waited = new AbortController();
    const late = sleep(LONGEST_CLOSE_MS, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([this.#ended, late]);
    waited.abort();
  }

  async #run(): Promise<void> {
    const { mapping, timeScale, onFailure } = this.#options;
    for (let failures = 1; ; failures += 1) {
      const before = this.#caughtUpAt;
      try {
        await this.#read();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (this.#caughtUpAt > before) failures = 1;
        onFailure(mapping.functionName, `reading the stream of ${mapping.tableName} failed: ${String(error)}`);
        await this.#wait(pauseMs(failures) * timeScale);
      }
    }
  }

  /** Reads for ever, from the checkpoint on. */
  async #read(): Promise<void> {
    const { mapping, client, store } = this.#options;
    const { streamArn, shardId } = await this.#findShard();
    const checkpoint = store.checkpoint(mapping.name, streamArn);
    const save = (sequenceNumber: string) => store.saveCheckpoint(mapping.name, streamArn, sequenceNumber);
    let isSkipping = checkpoint === undefined && mapping.startingPosition === 'LATEST';
    if (checkpoint === undefined && !isSkipping) save(BEFORE_ALL);
    const start =
      checkpoint === undefined
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: checkpoint } as const);
    const first = await client.send(new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...start }));
    let iterator = first.ShardIterator;
    let latest = BEFORE_ALL;
    while (iterator !== undefined) {
      this.#throwIfClosing();
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: PAGE_SIZE }));
      const records = (page.Records ?? []).map((record) => this.#mark(toStreamRecord(record, mapping.streamArn)));
      latest = records.at(-1)?.dynamodb.SequenceNumber ?? latest;
      if (!isSkipping) await this.#process(records, save);
      if (records.length > 0 && !isSkipping) save(latest);
      if (records.length === 0) {
        // What came before the mapping did is not for it.
        if (isSkipping) save(latest);
        isSkipping = false;
        this.#caughtUpAt = Date.now();
        await this.#wait(IDLE_MS);
      }
      iterator = page.NextShardIterator;
    }
    throw new Error('the shard has ended');
  }

  async #findShard(): Promise<{ streamArn: string; shardId: string }> {
    const { client, mapping } = this.#options;
    const { Streams = [] } = await client.send(new ListStreamsCommand({ TableName: mapping.tableName }));
    const streamArn = Streams.at(-1)?.StreamArn;
    if (streamArn === undefined) throw new Error('there is no stream');
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const shardId = StreamDescription?.Shards?.at(-1)?.ShardId;
    if (shardId === undefined) throw new Error('the stream has no shard');
    return { streamArn, shardId };
  }

  /** The database does not tell who deleted a row; the sweeper has noted what it did. */
  #mark(record: StreamRecord): StreamRecord {
    const { mapping, store } = this.#options;
    const { tableName, ttlAttribute } = mapping;
    const { Keys, OldImage } = record.dynamodb;
    if (record.eventName !== 'REMOVE' || record.userIdentity !== undefined || ttlAttribute === undefined) return record;
    const expiresAt = numberOf(OldImage?.[ttlAttribute]);
    if (expiresAt === undefined || !store.wasExpired({ tableName, key: Keys, expiresAt })) return record;
    return { ...record, userIdentity: TTL_IDENTITY };
  }

  async #process(records: readonly StreamRecord[], save: (sequenceNumber: string) => void): Promise<void> {
    const { mapping, timeScale, invoke, onFailure } = this.#options;
    const { functionName, patterns, batchSize, maximumAgeSeconds } = mapping;
    const wanted = records.filter(
      (each) => patterns.length === 0 || patterns.some((pattern) => matches(pattern, each)),
    );
    for (let start = 0; start < wanted.length; start += batchSize) {
      await processBatch(wanted.slice(start, start + batchSize), {
        rules: { ...mapping, maximumAgeMs: maximumAgeSeconds < 0 ? -1 : maximumAgeSeconds * 1000 * timeScale },
        invoke: (batch) => invoke(functionName, { Records: batch }),
        done: ({ dynamodb }) => save(dynamodb.SequenceNumber),
        discard: (batch, why) => onFailure(functionName, `${named(batch)} given up (${why})`),
        failed: (batch, error) => {
          this.#throwIfClosing();
          onFailure(functionName, `${named(batch)} failed: ${String(error)}`);
        },
        pause: async (failures) => {
          await this.#wait(pauseMs(failures) * timeScale);
          this.#throwIfClosing();
        },
        now: Date.now,
      });
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    this.#waking = new AbortController();
    const signal = AbortSignal.any([this.#waking.signal, this.#closing.signal]);
    await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  }

  #throwIfClosing(): void {
    if (this.#closing.signal.aborted) throw new Closing();
  }
}

/** Sequence numbers begin at 1. */
const BEFORE_ALL = '0';

const pauseMs = (failures: number) => Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);

const named = (batch: readonly StreamRecord[]) =>
  `${batch.length === 1 ? 'record' : 'records'} ${batch.map(({ dynamodb }) => dynamodb.SequenceNumber).join(', ')}`;

/** The N of a value in DynamoDB's JSON. */
function numberOf(value: unknown): string | undefined {
  const number: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'N') : undefined;
  return typeof number === 'string' ? number : undefined;
}
