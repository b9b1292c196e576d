import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, type Database } from './database.ts';
import { EXECUTION, listOutcomes, RUNNING_SHARD } from './executions.ts';
import { composeNotification } from './notification.ts';
import type { ExecutionRow } from './types.ts';

/** What sending an alert takes. */
export interface AlertTools {
  readonly db: Database;
  readonly sns: Pick<SNSClient, 'send'>;
  readonly alertsTopicArn: string;
  /** The page with a heading for every kind of message. */
  readonly runbookUrl: string;
}

/** A sender that has not confirmed after this long is taken for dead, and the next one sends. */
const LEASE_MS = 60_000;

/** Whether a message is due that no one is sending at this moment. */
export function isUntold({ status, notify, notifyClaimedAt }: ExecutionRow, now: Date): boolean {
  if (status === 'RUNNING' || notify !== 'pending') return false;
  return notifyClaimedAt === undefined || now.getTime() - Date.parse(notifyClaimedAt) > LEASE_MS;
}

async function mark(
  db: Database,
  record: ExecutionRow,
  fields: Record<string, string>,
  condition: string,
  values: Record<string, string>,
  remove = '',
) {
  const names = Object.keys(fields);
  try {
    await db.client.send(
      new UpdateCommand({
        TableName: db.executions,
        Key: { executionArn: record.executionArn, sk: EXECUTION },
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}${remove}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: {
          '#notify': 'notify',
          ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ...values,
          ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
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
 * Sends the message about an ended execution once, however many callers find it unsent: a lease on the record decides
 * who sends. Only a sender that dies between sending and confirming makes a second message (SNS is at least once).
 * Until it is confirmed, the sweep sees the record (`runningShard`), so that no message is forgotten.
 * @param record a settled record whose `notify` is `pending`, or `machine` when the machine is known not to have sent it
 * @returns true when this call sent it
 */
export async function deliverNotification(
  { db, sns, alertsTopicArn, runbookUrl }: AlertTools,
  record: ExecutionRow,
  now: Date,
): Promise<boolean> {
  const claimed = await mark(
    db,
    record,
    { notify: 'pending', notifyClaimedAt: now.toISOString(), runningShard: RUNNING_SHARD },
    '#notify = :expected AND (attribute_not_exists(notifyClaimedAt) OR notifyClaimedAt < :expired)',
    { ':expected': record.notify ?? 'pending', ':expired': new Date(now.getTime() - LEASE_MS).toISOString() },
  );
  if (!claimed) return false;
  try {
    const outcomes = await listOutcomes(db, record.executionArn);
    const { subject, message } = composeNotification(record, outcomes, runbookUrl);
    await sns.send(new PublishCommand({ TopicArn: alertsTopicArn, Subject: subject, Message: message }));
  } catch (thrown) {
    // Gives the lease back, so that the next delivery of the event need not wait for it to run out.
    await mark(db, record, { notifyClaimedAt: new Date(0).toISOString() }, '#notify = :pending', {
      ':pending': 'pending',
    });
    throw thrown;
  }
  const pending = { ':pending': 'pending' };
  await mark(db, record, { notify: 'sent' }, '#notify = :pending', pending, ' REMOVE runningShard');
  return true;
}
