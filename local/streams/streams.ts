import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { createClient } from '../dynamodb/tables.ts';
import type { TableDescription } from '../terraform.ts';
import { deleteExpired } from './expiry.ts';
import { type MappingOptions, RunningMapping, type StreamMapping } from './mapping.ts';
import { StreamStore } from './store.ts';

export interface StreamsOptions extends Pick<MappingOptions, 'invoke' | 'onFailure' | 'timeScale'> {
  readonly mappings: readonly StreamMapping[];
  readonly tables: readonly TableDescription[];
  /** Of the database. */
  readonly databaseUrl: string;
  readonly region: string;
  /** Where checkpoints are kept. */
  readonly dataDir: string;
}

/** What reads the tables' streams and lets rows expire. */
export interface Streams {
  /**
   * Deletes every row whose time to live ended before a time, as DynamoDB does.
   * @param before seconds since the epoch
   * @returns how many rows, by table
   */
  expire(before: number): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** DynamoDB deletes an expired row "within a few days". */
const SWEEP_MS = 10 * 60_000;
/** A row is deleted at once after it was noted; by then its record has long been in the stream. */
const NOTE_KEPT_MS = 60 * 60_000;

/** Invokes the mapped Lambdas with the records of their streams, and deletes rows whose time to live is over. */
export function startStreams(options: StreamsOptions): Streams {
  const { mappings, databaseUrl, region, dataDir } = options;
  const tables = options.tables.filter(({ ttlAttribute }) => ttlAttribute !== undefined);
  const store = new StreamStore(dataDir);
  const database = createClient(databaseUrl, region);
  const client = new DynamoDBStreamsClient({
    endpoint: databaseUrl,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const running = mappings.map((mapping) => new RunningMapping({ ...options, mapping, client, store }));
  let sweeping: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function sweep(before: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const readers = running.filter(({ tableName }) => tableName === table.name);
      const readUntil = Math.min(Date.now() - NOTE_KEPT_MS, ...readers.map(({ caughtUpAt }) => caughtUpAt));
      store.forgetExpiredBefore(table.name, readUntil);
      counts[table.name] = await deleteExpired(database, table, store, before);
      if (counts[table.name] !== 0) for (const reader of readers) reader.wake();
    }
    return counts;
  }

  /** One at a time. */
  function expire(before: number): Promise<Record<string, number>> {
    const next = sweeping.then(() => {
      if (isClosed) throw new Error('the streams are closed');
      return sweep(before);
    });
    sweeping = next.catch(() => undefined);
    return next;
  }

  const timer = setInterval(() => {
    expire(Math.floor(Date.now() / 1000)).catch((error: unknown) => {
      if (!isClosed) options.onFailure('ttl', `the sweep failed: ${String(error)}`);
    });
  }, SWEEP_MS);
  timer.unref();

  return {
    expire,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await Promise.all([sweeping, ...running.map((mapping) => mapping.close())]);
      client.destroy();
      database.destroy();
      store.close();
    },
  };
}
