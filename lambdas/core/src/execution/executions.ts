import { GetCommand, QueryCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import { conditionFailed, type Database } from '../aws/database.ts';
import { actionKey } from '../goal/goals.ts';
import type { Log } from '../log/logger.ts';
import type { ExecutionRow, OutcomeRow } from '../types.ts';
import * as validators from '../validators.generated.js';

export const EXECUTION = 'EXECUTION';
/** Requirement 13: history is kept this long; TTL removes older rows, which archive-executions archived soon after they ended. */
export const HISTORY_DAYS = 90;

/**
 * Value of `runningShard` in every row that the sweep must look at: from the claim until the execution is settled, its
 * metrics are written and people have been told. One value, hence one partition of the index, serves 1,000 writes a
 * second, far more than executions start.
 */
export const RUNNING_SHARD = 'RUNNING';
/** Value of `runningShard` from then on, until the execution is archived: a partition of its own, which the sweep does not read. */
export const UNARCHIVED_SHARD = 'UNARCHIVED';

/** An execution that no one may change any more, or that is being cancelled, is not open. */
export const OPEN = '#status = :running AND attribute_not_exists(cancelRequestedAt)';
export const isOpen = (record: ExecutionRow | undefined) =>
  record?.status === 'RUNNING' && record.cancelRequestedAt === undefined;

/** Reads an execution's record, consistently; undefined when there is none. The caller checks the owner (rule 5). */
export async function getExecution(db: Database, executionArn: string): Promise<ExecutionRow | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.executions, Key: { executionArn, sk: EXECUTION }, ConsistentRead: true }),
  );
  return Item && parse(validators.executionRow, Item, 'An execution row');
}

/**
 * Reads the outcomes of an execution in order of position, consistently: counts come from here, never from memory (rule 6).
 * At most 64 rows of about 1 KB, so one page.
 */
export async function listOutcomes(db: Database, executionArn: string): Promise<OutcomeRow[]> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.executions,
      KeyConditionExpression: 'executionArn = :executionArn AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':executionArn': executionArn, ':prefix': 'ACTION#' },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => parse(validators.outcomeRow, item, 'An outcome row'));
}

/** A row as it is in the table. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Reads an execution's record and its outcomes as they are, in one query, consistently. The record comes last in the order
 * of keys, so it is never older than the outcomes: a record that has ended never comes with pending actions.
 */
export async function readExecutionRows(
  db: Database,
  executionArn: string,
): Promise<{ record: Row | undefined; outcomes: Row[] }> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.executions,
      KeyConditionExpression: 'executionArn = :executionArn',
      ExpressionAttributeValues: { ':executionArn': executionArn },
      ConsistentRead: true,
    }),
  );
  const record = Items.find(({ sk }) => sk === EXECUTION);
  return { record, outcomes: Items.filter((each) => each !== record) };
}

/** The same, checked. */
export async function readExecution(
  db: Database,
  executionArn: string,
): Promise<{ record: ExecutionRow | undefined; outcomes: OutcomeRow[] }> {
  const { record, outcomes } = await readExecutionRows(db, executionArn);
  return {
    record: record && parse(validators.executionRow, record, 'An execution row'),
    outcomes: outcomes.map((each) => parse(validators.outcomeRow, each, 'An outcome row')),
  };
}

/**
 * Reads one partition of the sparse index `byRunning`, oldest execution first, as it is: a row that breaks its schema must
 * not hide the others.
 */
async function* indexPages(db: Database, shard: string, pageSize: number): AsyncGenerator<readonly Row[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await db.client.send(
      new QueryCommand({
        TableName: db.executions,
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
export const openExecutionPages = (db: Database, pageSize = 100) => indexPages(db, RUNNING_SHARD, pageSize);

/** Executions of which nothing is due any more, and which are not archived yet. @param pageSize rows a query */
export const unarchivedPages = (db: Database, pageSize = 100) => indexPages(db, UNARCHIVED_SHARD, pageSize);

/** Reads one outcome, consistently. */
export async function getOutcome(
  db: Database,
  executionArn: string,
  position: number,
): Promise<OutcomeRow | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.executions, Key: { executionArn, sk: actionKey(position) }, ConsistentRead: true }),
  );
  return Item && parse(validators.outcomeRow, Item, 'An outcome row');
}

/** Counts of an execution's outcomes. */
export interface OutcomeCounts {
  readonly total: number;
  /** Ended, in whatever way. */
  readonly processed: number;
  readonly saved: number;
  readonly failed: number;
  readonly tasks: number;
}

export function countOutcomes(outcomes: readonly Pick<OutcomeRow, 'outcome' | 'taskCount'>[]): OutcomeCounts {
  const having = (wanted: string) => outcomes.filter(({ outcome }) => outcome === wanted);
  const saved = having('SAVED');
  return {
    total: outcomes.length,
    processed: outcomes.length - having('PENDING').length,
    saved: saved.length,
    failed: having('FAILED').length,
    tasks: saved.reduce((sum, { taskCount }) => sum + taskCount, 0),
  };
}

/** The update that ends an action that is still PENDING; the condition is the fence of rule 2. */
export function endOutcomeRequest(
  db: Database,
  executionArn: string,
  position: number,
  end: { outcome: 'FAILED'; error: string; reason: string } | { outcome: 'CANCELLED' },
  now: Date,
): UpdateCommandInput {
  const failed = end.outcome === 'FAILED';
  return {
    TableName: db.executions,
    Key: { executionArn, sk: actionKey(position) },
    UpdateExpression: `SET outcome = :outcome, updatedAt = :now${failed ? ', #error = :error, reason = :reason' : ''}`,
    ConditionExpression: 'outcome = :pending',
    ...(failed ? { ExpressionAttributeNames: { '#error': 'error' } } : {}),
    ExpressionAttributeValues: {
      ':outcome': end.outcome,
      ':now': now.toISOString(),
      ':pending': 'PENDING',
      ...(failed ? { ':error': end.error.slice(0, 100), ':reason': end.reason.slice(0, 300) } : {}),
    },
  };
}

/**
 * Ends an action if it still is PENDING.
 * @returns false when it had ended before, in whatever way
 */
export async function endOutcome(...request: Parameters<typeof endOutcomeRequest>): Promise<boolean> {
  try {
    await request[0].client.send(new UpdateCommand(endOutcomeRequest(...request)));
    return true;
  } catch (thrown) {
    if (conditionFailed(thrown)) return false;
    throw thrown;
  }
}

/**
 * Changes fields of a record whose execution is open (running, not being cancelled).
 * @returns false when it is not open any more, or when the extra condition does not hold
 */
export async function updateOpenExecution(
  db: Database,
  executionArn: string,
  fields: Readonly<Partial<ExecutionRow>>,
  extra: { readonly condition: string; readonly values: Readonly<Record<string, unknown>> } | undefined = undefined,
): Promise<boolean> {
  const names = Object.keys(fields);
  try {
    await db.client.send(
      new UpdateCommand({
        TableName: db.executions,
        Key: { executionArn, sk: EXECUTION },
        UpdateExpression: `SET version = version + :one, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: extra ? `${OPEN} AND ${extra.condition}` : OPEN,
        ExpressionAttributeNames: {
          '#status': 'status',
          ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':running': 'RUNNING',
          ':one': 1,
          ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
          ...extra?.values,
        },
      }),
    );
    return true;
  } catch (thrown) {
    if (conditionFailed(thrown)) return false;
    throw thrown;
  }
}

/** The states that steps note in the record, each with the one that comes before it there. */
const BEFORE = {
  GetActions: 'ValidateInput',
  ProcessBatches: 'GetActions',
  UpdateGoalStatus: 'ProcessBatches',
} as const;

/**
 * Notes which state an open execution has come to, in its record and in the log. Each state is entered once: a step that
 * Step Functions gave up, and that writes late, takes neither the state nor the counts back.
 * @returns false when it had come to that state before, or is not open any more
 */
export async function enterState(
  db: Database,
  log: Log,
  executionArn: string,
  state: keyof typeof BEFORE,
  fields: Readonly<Partial<ExecutionRow>> = {},
): Promise<boolean> {
  const entered = await updateOpenExecution(
    db,
    executionArn,
    { ...fields, currentState: state },
    { condition: 'currentState = :before', values: { ':before': BEFORE[state] } },
  );
  if (entered) log.info('state entered', { executionArn, state });
  return entered;
}
