import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Database, updateIf } from '../aws/database.ts';
import { type Change, updateOf } from '../aws/update.ts';
import type { Log } from '../log/logger.ts';
import type { ExecutionRow } from '../types.ts';

/** Sort key of an execution's record. */
export const EXECUTION = 'EXECUTION';
/** Requirement 13: history is kept this long; TTL removes older rows, which archive-executions archived soon after they ended. */
export const HISTORY_DAYS = 90;

/**
 * What `runningShard` begins with in every row that the sweep must look at: from the claim until the execution is settled,
 * its metrics are written and people have been told.
 */
export const RUNNING = 'RUNNING';
/** What it begins with from then on, until the execution is archived: in partitions of their own, which the sweep does not read. */
export const UNARCHIVED = 'UNARCHIVED';
type Part = typeof RUNNING | typeof UNARCHIVED;

/**
 * Partitions of the index for each of the two. A partition takes 1,000 write units a second, and the index is written with
 * every change of a record, about 20 times 3 units an execution: one would end at 16 executions a second.
 */
export const SHARDS = 8;
/** The first one has no number: rows from before there were several are in it. */
const shardName = (part: Part, number: number) => (number === 0 ? part : `${part}#${number}`);
const shardsOf = (part: Part) => Array.from({ length: SHARDS }, (_, number) => shardName(part, number));

/** The partition of a part of the index in which an execution is. */
export function shardOf(part: Part, executionArn: string): string {
  const sum = [...executionArn].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) % 65_521, 0);
  return shardName(part, sum % SHARDS);
}

/** Whether a row is in a part of the index. */
export const isIn = (part: Part, { runningShard }: Row) => String(runningShard).startsWith(part);

/** An execution that no one may change any more, or that is being cancelled, is not open. Its value: `OPEN_VALUES`. */
export const OPEN = '#status = :running AND attribute_not_exists(cancelRequestedAt)';
export const OPEN_VALUES = { running: 'RUNNING' };
export const isOpen = (record: ExecutionRow | undefined): record is ExecutionRow =>
  record?.status === 'RUNNING' && record.cancelRequestedAt === undefined;

/** Milliseconds from the claim to the end; 0 before the end. */
export function durationOf({ startedAt, stoppedAt }: ExecutionRow): number {
  return stoppedAt === undefined ? 0 : Math.max(0, Date.parse(stoppedAt) - Date.parse(startedAt));
}

/** A row as it is in the table. */
export type Row = Readonly<Record<string, unknown>>;

/** The states that steps note in the record, each with the one that comes before it there. */
const BEFORE = {
  GetActions: 'ValidateInput',
  ProcessBatches: 'GetActions',
  UpdateGoalStatus: 'ProcessBatches',
} as const;

/**
 * The rows of executions as they are in the table, unchecked, and the changes of their records. Lambdas that need no more
 * are spared the validators.
 */
export class ExecutionRows {
  readonly db: Database;
  readonly now: () => Date;

  /** @param now the clock, unless it is the system's */
  constructor(db: Database, now: () => Date = () => new Date()) {
    this.db = db;
    this.now = now;
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

  /** Queries all partitions of a part of the index at once, page by page. */
  async *#answers(part: Part, options: Pick<QueryCommandInput, 'Limit' | 'Select'>) {
    let queries: QueryCommandInput[] = shardsOf(part).map((shard) => ({
      TableName: this.db.executions,
      IndexName: 'byRunning',
      KeyConditionExpression: 'runningShard = :shard',
      ExpressionAttributeValues: { ':shard': shard },
      ...options,
    }));
    while (queries.length > 0) {
      const answers = await Promise.all(queries.map((query) => this.db.client.send(new QueryCommand(query))));
      yield answers;
      queries = queries.flatMap((query, index) => {
        const ExclusiveStartKey = answers[index]?.LastEvaluatedKey;
        return ExclusiveStartKey === undefined ? [] : [{ ...query, ExclusiveStartKey }];
      });
    }
  }

  /**
   * Reads a part of the sparse index as it is: a row that breaks its schema must not hide the others. The oldest executions
   * of each partition come first.
   */
  async *#pages(part: Part, pageSize: number): AsyncGenerator<readonly Row[]> {
    for await (const answers of this.#answers(part, { Limit: pageSize })) {
      yield answers
        .flatMap(({ Items = [] }) => Items)
        .sort((one, other) => (String(one.startedAt) < String(other.startedAt) ? -1 : 1));
    }
  }

  /** What the sweep must look at. @param pageSize rows a query */
  openPages(pageSize = 25) {
    return this.#pages(RUNNING, pageSize);
  }

  /** Executions of which nothing is due any more, and which are not archived yet. @param pageSize rows a query */
  unarchivedPages(pageSize = 25) {
    return this.#pages(UNARCHIVED, pageSize);
  }

  /** How many executions run, or have something due, as of a second ago or less. */
  async countOpen(): Promise<number> {
    let count = 0;
    for await (const answers of this.#answers(RUNNING, { Select: 'COUNT' }))
      for (const { Count = 0 } of answers) count += Count;
    return count;
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
