import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { End, EndStatus, Start } from './engine/execution.ts';
import type { HistoryEvent } from './engine/history.ts';

export type Status = 'RUNNING' | EndStatus;

/** An execution as it is kept. Dates are milliseconds since the epoch. */
export interface ExecutionRecord extends Start {
  /** Grows with every start; newer executions are listed first. */
  readonly sequence: number;
  readonly status: Status;
  readonly stopDate: number | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly stateEntries: number;
}

/** A status event that is not yet known to have been delivered. */
export interface PendingEvent {
  readonly id: number;
  readonly body: string;
}

type Row = Record<string, unknown>;

const NAME_TAKEN_MS = 90 * 24 * 3600 * 1000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS executions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    executionArn TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    stateMachineAliasArn TEXT,
    input TEXT NOT NULL,
    status TEXT NOT NULL,
    startDate INTEGER NOT NULL,
    stopDate INTEGER,
    output TEXT,
    error TEXT,
    cause TEXT,
    stateEntries INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS histories (executionArn TEXT PRIMARY KEY, events TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS pendingEvents (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
`;

/**
 * Executions, the histories of those that ended, and undelivered status events. Each method is one transaction, on
 * the disk when it returns as far as the death of this process is concerned (WAL without a sync for each commit).
 */
export class ExecutionStore {
  readonly #database: DatabaseSync;

  /** @param dataDir where `step-functions.sqlite` is kept; without it nothing outlives the process */
  constructor(dataDir: string | undefined) {
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
    this.#database = new DatabaseSync(dataDir === undefined ? ':memory:' : join(dataDir, 'step-functions.sqlite'));
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.#database.exec(SCHEMA);
    this.#forgetOld();
  }

  find(executionArn: string): ExecutionRecord | undefined {
    const row = this.#database.prepare('SELECT * FROM executions WHERE executionArn = ?').get(executionArn);
    return row === undefined ? undefined : toRecord(row);
  }

  /** @throws if the name is taken */
  start(start: Start, event: string): PendingEvent {
    return this.#transaction(() => {
      this.#database
        .prepare(
          `INSERT INTO executions (executionArn, name, stateMachineAliasArn, input, status, startDate)
           VALUES (?, ?, ?, ?, 'RUNNING', ?)`,
        )
        .run(start.executionArn, start.name, start.stateMachineAliasArn ?? null, start.input, start.startDate);
      return this.#addEvent(event);
    });
  }

  /** Writes the end of an execution, with its history where there is one. */
  end(record: ExecutionRecord, events: readonly HistoryEvent[] | undefined, event: string): PendingEvent {
    return this.#transaction(() => {
      this.#database
        .prepare(
          `UPDATE executions SET status = ?, stopDate = ?, output = ?, error = ?, cause = ?, stateEntries = ?
           WHERE executionArn = ?`,
        )
        .run(
          record.status,
          record.stopDate ?? null,
          record.output ?? null,
          record.error ?? null,
          record.cause ?? null,
          record.stateEntries,
          record.executionArn,
        );
      if (events !== undefined) {
        this.#database
          .prepare('INSERT OR REPLACE INTO histories (executionArn, events) VALUES (?, ?)')
          .run(record.executionArn, JSON.stringify(events));
      }
      return this.#addEvent(event);
    });
  }

  history(executionArn: string): readonly HistoryEvent[] | undefined {
    const row = this.#database.prepare('SELECT events FROM histories WHERE executionArn = ?').get(executionArn);
    return row === undefined ? undefined : JSON.parse(text(row, 'events'));
  }

  /** Newest first. */
  list(filter: { status?: Status; aliasArn?: string; before?: number; limit: number }): ExecutionRecord[] {
    return this.#database
      .prepare(
        `SELECT * FROM executions
         WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR stateMachineAliasArn = ?2) AND (?3 IS NULL OR sequence < ?3)
         ORDER BY sequence DESC LIMIT ?4`,
      )
      .all(filter.status ?? null, filter.aliasArn ?? null, filter.before ?? null, filter.limit)
      .map(toRecord);
  }

  running(): ExecutionRecord[] {
    return this.#database.prepare(`SELECT * FROM executions WHERE status = 'RUNNING'`).all().map(toRecord);
  }

  pendingEvents(): PendingEvent[] {
    return this.#database
      .prepare('SELECT id, body FROM pendingEvents ORDER BY id')
      .all()
      .map((row) => ({ id: number(row, 'id'), body: text(row, 'body') }));
  }

  delivered(id: number): void {
    this.#database.prepare('DELETE FROM pendingEvents WHERE id = ?').run(id);
  }

  close(): void {
    this.#database.close();
  }

  #addEvent(body: string): PendingEvent {
    const { lastInsertRowid } = this.#database.prepare('INSERT INTO pendingEvents (body) VALUES (?)').run(body);
    return { id: Number(lastInsertRowid), body };
  }

  /** AWS forgets an execution, and frees its name, 90 days after its end. */
  #forgetOld(): void {
    const limit = Date.now() - NAME_TAKEN_MS;
    this.#transaction(() => {
      this.#database
        .prepare('DELETE FROM histories WHERE executionArn IN (SELECT executionArn FROM executions WHERE stopDate < ?)')
        .run(limit);
      this.#database.prepare('DELETE FROM executions WHERE stopDate < ?').run(limit);
    });
  }

  #transaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** The record after its end. */
export function ended(record: ExecutionRecord, end: End, stopDate: number, stateEntries: number): ExecutionRecord {
  const { status, output, error, cause } = end;
  return { ...record, status, stopDate, output, error, cause, stateEntries };
}

function toRecord(row: Row): ExecutionRecord {
  return {
    sequence: number(row, 'sequence'),
    executionArn: text(row, 'executionArn'),
    name: text(row, 'name'),
    stateMachineAliasArn: optionalText(row, 'stateMachineAliasArn'),
    input: text(row, 'input'),
    status: status(text(row, 'status')),
    startDate: number(row, 'startDate'),
    stopDate: row.stopDate === null ? undefined : number(row, 'stopDate'),
    output: optionalText(row, 'output'),
    error: optionalText(row, 'error'),
    cause: optionalText(row, 'cause'),
    stateEntries: number(row, 'stateEntries'),
  };
}

/** The statuses that an execution can have. */
export const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

function status(value: string): Status {
  const known = STATUSES.find((candidate) => candidate === value);
  if (known === undefined) throw new Error(`step-functions.sqlite holds an unknown status: ${value}`);
  return known;
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`step-functions.sqlite: ${column} is not text`);
  return value;
}

function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`step-functions.sqlite: ${column} is not a number`);
  return value;
}
