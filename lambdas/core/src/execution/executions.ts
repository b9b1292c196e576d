import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import { type Database, updateIf } from '../aws/database.ts';
import { type Change, updateOf } from '../aws/update.ts';
import { actionKey } from '../goal/rows.ts';
import type { Log } from '../log/logger.ts';
import type { ExecutionRow, OutcomeRow } from '../types.ts';
import * as validators from '../validators.generated.js';
import { type ActionEnd, changeOutcome, isPending } from './outcomes.ts';
import { EXECUTION, OPEN, OPEN_VALUES, RUNNING_SHARD, UNARCHIVED_SHARD } from './records.ts';

/** A row as it is in the table. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs once per execution, in the call that settled it, with the rows as they are then. Must not throw: the settlement stands. */
export type OnEnded = (record: ExecutionRow, outcomes: readonly OutcomeRow[]) => Promise<void>;

/** The states that steps note in the record, each with the one that comes before it there. */
const BEFORE = {
  GetActions: 'ValidateInput',
  ProcessBatches: 'GetActions',
  UpdateGoalStatus: 'ProcessBatches',
} as const;

const recordOf = (row: Row | undefined): ExecutionRow | undefined =>
  row && parse(validators.executionRow, row, 'An execution row');
const outcomeOf = (row: Row): OutcomeRow => parse(validators.outcomeRow, row, 'An outcome row');

/** The rows of executions: their records and the outcomes of their actions. The caller checks the owner (rule 5). */
export class Executions {
  readonly db: Database;
  readonly now: () => Date;
  readonly onEnded: OnEnded;

  /** @param options the clock, unless it is the system's; what follows a settlement, unless nothing does */
  constructor(db: Database, options: { readonly now?: () => Date; readonly onEnded?: OnEnded } = {}) {
    this.db = db;
    this.now = options.now ?? (() => new Date());
    this.onEnded = options.onEnded ?? (async () => undefined);
  }

  async #row(executionArn: string, sk: string): Promise<Row | undefined> {
    const Key = { executionArn, sk };
    const command = new GetCommand({ TableName: this.db.executions, Key, ConsistentRead: true });
    return (await this.db.client.send(command)).Item;
  }

  /** Reads the record, consistently; undefined when there is none. */
  async get(executionArn: string): Promise<ExecutionRow | undefined> {
    return recordOf(await this.#row(executionArn, EXECUTION));
  }

  /** Reads one outcome, consistently. */
  async outcome(executionArn: string, position: number): Promise<OutcomeRow | undefined> {
    const row = await this.#row(executionArn, actionKey(position));
    return row && outcomeOf(row);
  }

  /**
   * Reads the outcomes in order of position, consistently: counts come from here, never from memory (rule 6). At most 64
   * rows of about 1 KB, so one page.
   */
  async outcomes(executionArn: string): Promise<OutcomeRow[]> {
    const { Items = [] } = await this.db.client.send(
      new QueryCommand({
        TableName: this.db.executions,
        KeyConditionExpression: 'executionArn = :executionArn AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':executionArn': executionArn, ':prefix': 'ACTION#' },
        ConsistentRead: true,
      }),
    );
    return Items.map(outcomeOf);
  }

  /**
   * Reads record and outcomes as they are, in one query, consistently. The record comes last in the order of keys, so it is
   * never older than the outcomes: a record that has ended never comes with pending actions.
   * @param projection attributes to read, in DynamoDB's syntax; all unless said otherwise
   */
  async readRows(
    executionArn: string,
    projection?: { readonly expression: string; readonly names: Readonly<Record<string, string>> },
  ): Promise<{ record: Row | undefined; outcomes: Row[] }> {
    const { Items = [] } = await this.db.client.send(
      new QueryCommand({
        TableName: this.db.executions,
        KeyConditionExpression: 'executionArn = :executionArn',
        ProjectionExpression: projection?.expression,
        ExpressionAttributeNames: projection?.names,
        ExpressionAttributeValues: { ':executionArn': executionArn },
        ConsistentRead: true,
      }),
    );
    const record = Items.find(({ sk }) => sk === EXECUTION);
    return { record, outcomes: Items.filter((each) => each !== record) };
  }

  /** The same, checked. */
  async read(executionArn: string): Promise<{ record: ExecutionRow | undefined; outcomes: OutcomeRow[] }> {
    const { record, outcomes } = await this.readRows(executionArn);
    return { record: recordOf(record), outcomes: outcomes.map(outcomeOf) };
  }

  /**
   * Reads one partition of the sparse index `byRunning`, oldest execution first, as it is: a row that breaks its schema must
   * not hide the others.
   */
  async *#indexPages(shard: string, pageSize: number): AsyncGenerator<readonly Row[]> {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.db.client.send(
        new QueryCommand({
          TableName: this.db.executions,
          IndexName: 'byRunning',
          KeyConditionExpression: 'runningShard = :shard',
          ExpressionAttributeValues: { ':shard': shard },
          Limit: pageSize,
          ExclusiveStartKey: start,
        }),
      );
      yield Items ?? [];
      start = LastEvaluatedKey;
    } while (start);
  }

  /** What the sweep must look at. @param pageSize rows a query */
  openPages(pageSize = 100) {
    return this.#indexPages(RUNNING_SHARD, pageSize);
  }

  /** Executions of which nothing is due any more, and which are not archived yet. @param pageSize rows a query */
  unarchivedPages(pageSize = 100) {
    return this.#indexPages(UNARCHIVED_SHARD, pageSize);
  }

  /** Ends an action if it still is pending. @returns false when it had ended before, in whatever way */
  endOutcome(executionArn: string, position: number, end: ActionEnd): Promise<boolean> {
    const failure =
      end.outcome === 'FAILED' ? { error: end.error.slice(0, 100), reason: end.reason.slice(0, 300) } : {};
    const set = { outcome: end.outcome, updatedAt: this.now().toISOString(), ...failure };
    return updateIf(this.db, changeOutcome(this.db.executions, { executionArn, position }, 'PENDING', set));
  }

  /**
   * Ends every action that still is pending, so that a save that comes late is refused (rule 2).
   * @param outcomes as they were read
   * @returns the outcomes as they are then
   */
  async endPending(
    executionArn: string,
    outcomes: OutcomeRow[],
    endOf: (row: OutcomeRow) => ActionEnd,
  ): Promise<OutcomeRow[]> {
    const pending = outcomes.filter(isPending);
    if (pending.length === 0) return outcomes;
    await Promise.all(pending.map((row) => this.endOutcome(executionArn, row.position, endOf(row))));
    return this.outcomes(executionArn);
  }

  /** Changes a record while a condition holds. @returns false when it does not */
  change(executionArn: string, change: Omit<Change, 'TableName' | 'Key'>): Promise<boolean> {
    const Key = { executionArn, sk: EXECUTION };
    return updateIf(this.db, updateOf({ TableName: this.db.executions, Key, ...change }));
  }

  /**
   * Changes fields of a record whose execution is open (running, not being cancelled).
   * @returns false when it is not open any more, or when the extra condition does not hold
   */
  changeOpen(
    executionArn: string,
    set: Readonly<Partial<ExecutionRow>>,
    extra?: { readonly condition: string; readonly values?: Row },
  ): Promise<boolean> {
    return this.change(executionArn, {
      set,
      raisesVersion: true,
      condition: extra ? `${OPEN} AND ${extra.condition}` : OPEN,
      values: { ...OPEN_VALUES, ...extra?.values },
    });
  }

  /**
   * Notes which state an open execution has come to, in its record and in the log. Each state is entered once: a step that
   * Step Functions gave up, and that writes late, takes neither the state nor the counts back.
   * @returns false when it had come to that state before, or is not open any more
   */
  async enterState(
    log: Log,
    executionArn: string,
    state: keyof typeof BEFORE,
    fields: Readonly<Partial<ExecutionRow>> = {},
  ): Promise<boolean> {
    const entered = await this.changeOpen(
      executionArn,
      { ...fields, currentState: state },
      { condition: 'currentState = :before', values: { before: BEFORE[state] } },
    );
    if (entered) log.info('state entered', { executionArn, state });
    return entered;
  }
}
