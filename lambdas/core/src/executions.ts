import { GetCommand, QueryCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { parse } from './boundary.ts';
import { conditionFailed, type Database } from './database.ts';
import { actionKey } from './goals.ts';
import type { ExecutionRow, OutcomeRow } from './types.ts';
import * as validators from './validators.generated.js';

export const EXECUTION = 'EXECUTION';
/** Requirement 13: history is kept this long; TTL removes older rows and the stream archives them. */
export const HISTORY_DAYS = 90;

/** An execution that no one may change any more, or that is being cancelled, is not open. */
export const OPEN = '#status = :running AND attribute_not_exists(cancelRequestedAt)';

/** Reads an execution's record, consistently; undefined when there is none. The caller checks the owner (rule 5). */
export async function getExecution(db: Database, executionArn: string): Promise<ExecutionRow | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.executions, Key: { executionArn, sk: EXECUTION }, ConsistentRead: true }),
  );
  return Item && parse(validators.executionRow, Item, 'An execution row');
}

/** Reads the outcomes of an execution in order of position, consistently: counts come from here, never from memory (rule 6). */
export async function listOutcomes(db: Database, executionArn: string): Promise<OutcomeRow[]> {
  const { Items } = await db.client.send(
    new QueryCommand({
      TableName: db.executions,
      KeyConditionExpression: 'executionArn = :executionArn AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':executionArn': executionArn, ':prefix': 'ACTION#' },
      ConsistentRead: true,
    }),
  );
  return (Items ?? []).map((item) => parse(validators.outcomeRow, item, 'An outcome row'));
}

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

/**
 * Writes the counts of the outcomes to the record; a smaller count, read earlier by another step, never replaces a
 * larger one (progress never falls).
 */
export async function recordProgress(
  db: Database,
  executionArn: string,
  outcomes: readonly OutcomeRow[],
): Promise<void> {
  const { processed, saved, failed, tasks } = countOutcomes(outcomes);
  await updateOpenExecution(
    db,
    executionArn,
    { processedActions: processed, savedActions: saved, failedActions: failed, taskCount: tasks },
    { condition: 'processedActions <= :processedActions', values: {} },
  );
}
