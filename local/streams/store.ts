import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A row that the sweeper is about to delete: enough to know its record in the stream by. */
export interface ExpiredRow {
  readonly tableName: string;
  /** The key in DynamoDB's JSON, in any order of its attributes. */
  readonly key: Readonly<Record<string, unknown>>;
  /** Value of the TTL attribute, in seconds since the epoch. */
  readonly expiresAt: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS checkpoints (
    mapping TEXT NOT NULL, streamArn TEXT NOT NULL, sequenceNumber TEXT NOT NULL, PRIMARY KEY (mapping, streamArn)
  );
  CREATE TABLE IF NOT EXISTS expired (
    tableName TEXT NOT NULL, key TEXT NOT NULL, expiresAt TEXT NOT NULL, notedAt INTEGER NOT NULL,
    PRIMARY KEY (tableName, key, expiresAt)
  );
`;

/** What must outlive the process: how far each mapping has read, and which rows were deleted because they had expired. */
export class StreamStore {
  readonly #database: DatabaseSync;

  /** @param dataDir where `streams.sqlite` is kept */
  constructor(dataDir: string) {
    this.#database = new DatabaseSync(join(dataDir, 'streams.sqlite'));
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.#database.exec(SCHEMA);
  }

  /** The sequence number of the last record that a mapping is done with. */
  checkpoint(mapping: string, streamArn: string): string | undefined {
    const row = this.#database
      .prepare('SELECT sequenceNumber FROM checkpoints WHERE mapping = ? AND streamArn = ?')
      .get(mapping, streamArn);
    return row === undefined ? undefined : String(row.sequenceNumber);
  }

  /** The streams that a mapping has a checkpoint in: more than one if the table was made anew. */
  streams(mapping: string): string[] {
    const rows = this.#database.prepare('SELECT streamArn FROM checkpoints WHERE mapping = ?').all(mapping);
    return rows.map(({ streamArn }) => String(streamArn));
  }

  saveCheckpoint(mapping: string, streamArn: string, sequenceNumber: string): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO checkpoints (mapping, streamArn, sequenceNumber) VALUES (?, ?, ?)')
      .run(mapping, streamArn, sequenceNumber);
  }

  /** Notes rows before they are deleted. */
  noteExpired(rows: readonly ExpiredRow[], now: number): void {
    const insert = this.#database.prepare(
      'INSERT OR REPLACE INTO expired (tableName, key, expiresAt, notedAt) VALUES (?, ?, ?, ?)',
    );
    this.#database.exec('BEGIN IMMEDIATE');
    for (const row of rows) insert.run(row.tableName, canonical(row.key), row.expiresAt, now);
    this.#database.exec('COMMIT');
  }

  /** Takes a note back, of a row that was not deleted after all. */
  forgetExpired(row: ExpiredRow): void {
    this.#database
      .prepare('DELETE FROM expired WHERE tableName = ? AND key = ? AND expiresAt = ?')
      .run(row.tableName, canonical(row.key), row.expiresAt);
  }

  /** Says whether the sweeper deleted this row. */
  wasExpired(row: ExpiredRow): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM expired WHERE tableName = ? AND key = ? AND expiresAt = ?')
        .get(row.tableName, canonical(row.key), row.expiresAt) !== undefined
    );
  }

  /** Forgets the notes of a table that were made before a time. */
  forgetExpiredBefore(tableName: string, time: number): void {
    this.#database.prepare('DELETE FROM expired WHERE tableName = ? AND notedAt < ?').run(tableName, time);
  }

  close(): void {
    this.#database.close();
  }
}

const canonical = (key: ExpiredRow['key']) =>
  JSON.stringify(Object.entries(key).sort(([one], [other]) => (one < other ? -1 : 1)));
