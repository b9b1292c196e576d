import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { End, Start } from './engine/execution.ts';
import type { HistoryEvent } from './engine/history.ts';

export type Status = 'RUNNING' | End['status'];

/** An execution as it is kept. Dates are milliseconds since the epoch. */
export interface ExecutionRecord extends Start, Omit<End, 'status'> {
  readonly status: Status;
  readonly stopDate?: number | undefined;
  readonly stateEntries: number;
}

/** A status event that is not yet known to have been delivered. */
export interface PendingEvent {
  readonly id: number;
  readonly body: string;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS executions (executionArn TEXT PRIMARY KEY, record TEXT NOT NULL, history TEXT);
  CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
`;

/**
 * Executions, the histories of those that ended, and undelivered status events. Each method is one transaction, on
 * the disk when it returns as far as the death of this process is concerned (WAL without a sync for each commit).
 */
export class ExecutionStore {
  readonly #database: DatabaseSync;
  readonly #records = new Map<string, ExecutionRecord>();

  /** @param dataDir where `executions.sqlite` is kept; without it nothing outlives the process */
  constructor(dataDir: string | undefined) {
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
    this.#database = new DatabaseSync(dataDir === undefined ? ':memory:' : join(dataDir, 'executions.sqlite'));
    this.#database.exec(SCHEMA);
    for (const row of this.#database.prepare('SELECT record FROM executions ORDER BY rowid').all()) {
      const record: ExecutionRecord = JSON.parse(String(row.record));
      this.#records.set(record.executionArn, record);
    }
  }

  find(executionArn: string): ExecutionRecord | undefined {
    return this.#records.get(executionArn);
  }

  /** Oldest first. */
  list(): ExecutionRecord[] {
    return [...this.#records.values()];
  }

  history(executionArn: string): readonly HistoryEvent[] | undefined {
    const row = this.#database.prepare('SELECT history FROM executions WHERE executionArn = ?').get(executionArn);
    return typeof row?.history === 'string' ? JSON.parse(row.history) : undefined;
  }

  /** Writes an execution that starts or ends, with its history where there is one, and the status event. */
  write(record: ExecutionRecord, event: object, history?: readonly HistoryEvent[]): PendingEvent {
    const body = JSON.stringify(event);
    const upsert = `INSERT INTO executions VALUES (?1, ?2, ?3)
      ON CONFLICT (executionArn) DO UPDATE SET record = ?2, history = ?3`;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#run(upsert, record.executionArn, JSON.stringify(record), history ? JSON.stringify(history) : null);
      const { lastInsertRowid } = this.#run('INSERT INTO events (body) VALUES (?)', body);
      this.#database.exec('COMMIT');
      this.#records.set(record.executionArn, record);
      return { id: Number(lastInsertRowid), body };
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Oldest first. */
  pendingEvents(): PendingEvent[] {
    const rows = this.#database.prepare('SELECT id, body FROM events ORDER BY id').all();
    return rows.map(({ id, body }) => ({ id: Number(id), body: String(body) }));
  }

  delivered(id: number): void {
    this.#run('DELETE FROM events WHERE id = ?', id);
  }

  close(): void {
    this.#database.close();
  }

  #run(sql: string, ...values: (string | number | null)[]) {
    return this.#database.prepare(sql).run(...values);
  }
}
