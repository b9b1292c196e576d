import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, type Database } from '../aws/database.ts';
import { EXECUTION, RUNNING_SHARD, UNARCHIVED_SHARD } from './executions.ts';

/**
 * What is due when an execution is settled: its message to people (field `notify`) and its metrics (field `metrics`). As
 * long as one of them is, the record stays in the sweep's part of the index (`runningShard`), so that a process that dies
 * leaves nothing undone. The write that does the last of them hands the record to the archiver. Each condition says that
 * one of them is not due. Rows from before metrics were kept have no such field.
 */
const IS_DONE = { notify: '#notify IN (:none, :sent)', metrics: 'NOT #metrics = :pending' };

const NAMES = { '#notify': 'notify', '#metrics': 'metrics', '#shard': 'runningShard' };
const VALUES = {
  ':none': 'none',
  ':sent': 'sent',
  ':pending': 'pending',
  ':machine': 'machine',
  ':running': RUNNING_SHARD,
  ':unarchived': UNARCHIVED_SHARD,
};

/** DynamoDB refuses names and values that no expression holds. */
const usedIn = (expressions: string, all: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => expressions.includes(name)));

/**
 * Changes a settled record while a condition holds.
 * @param values besides those of every state that `notify` and `metrics` have
 * @returns false when the condition does not hold
 */
export async function changeSettled(
  db: Database,
  executionArn: string,
  update: string,
  condition: string,
  values: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const expressions = `${update} ${condition}`;
  try {
    await db.client.send(
      new UpdateCommand({
        TableName: db.executions,
        Key: { executionArn, sk: EXECUTION },
        UpdateExpression: update,
        ConditionExpression: condition,
        ExpressionAttributeNames: usedIn(expressions, NAMES),
        ExpressionAttributeValues: usedIn(expressions, { ...VALUES, ...values }),
      }),
    );
    return true;
  } catch (thrown) {
    if (conditionFailed(thrown)) return false;
    throw thrown;
  }
}

/** Notes that one thing is done, and hands the record to the archiver with the same write if the other one is not due. */
async function finish(
  db: Database,
  executionArn: string,
  set: string,
  isDue: string,
  otherIsDone: string,
  values: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  return (
    (await changeSettled(db, executionArn, `${set}, #shard = :unarchived`, `${isDue} AND ${otherIsDone}`, values)) ||
    (await changeSettled(db, executionArn, set, isDue, values))
  );
}

/** Notes that people have been told. @param before what `notify` was for this caller */
export const markTold = (db: Database, executionArn: string, before: 'pending' | 'machine') =>
  finish(db, executionArn, 'SET #notify = :sent', `#notify = :${before}`, IS_DONE.metrics);

/**
 * Takes the writing of the metrics upon itself, before it is done.
 * @param writer an id of this call alone: a write whose answer is lost is sent again by the SDK, and is to succeed again
 */
export const claimMetrics = (db: Database, executionArn: string, writer: string) =>
  finish(
    db,
    executionArn,
    'SET #metrics = :sent, metricsBy = :writer',
    '(#metrics = :pending OR metricsBy = :writer)',
    IS_DONE.notify,
    { ':writer': writer },
  );

/** Gives what `claimMetrics` took to the sweep, when the metrics certainly are not written. */
export const giveMetricsBack = (db: Database, executionArn: string, writer: string) =>
  changeSettled(db, executionArn, 'SET #metrics = :pending, #shard = :running', 'metricsBy = :writer', {
    ':writer': writer,
  });

/** Hands a record to the archiver of which nothing is due: two that finished at the same moment may both have left it to the sweep. */
export const leaveSweep = (db: Database, executionArn: string) =>
  changeSettled(
    db,
    executionArn,
    'SET #shard = :unarchived',
    `#shard = :running AND ${IS_DONE.notify} AND ${IS_DONE.metrics}`,
  );

/** Takes an archived record out of the index, unless something has become due of it meanwhile. */
export const leaveIndex = (db: Database, executionArn: string) =>
  changeSettled(db, executionArn, 'REMOVE #shard', '#shard = :unarchived');
