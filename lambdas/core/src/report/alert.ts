import { randomUUID } from 'node:crypto';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { CLIENT_LIMITS, createClient, onFirstCall } from '../aws/clients.ts';
import { readEnvironment } from '../aws/environment.ts';
import { noteTold } from '../execution/due.ts';
import type { Executions } from '../execution/executions.ts';
import { RUNNING, shardOf } from '../execution/records.ts';
import type { ExecutionRow } from '../types.ts';
import { composeNotification } from './notification.ts';
import { type Readers, readReaders } from './readers.ts';

/** What sending an alert takes. */
export interface AlertTools {
  readonly executions: Executions;
  readonly sns: Pick<SNSClient, 'send'>;
  readonly alertsTopicArn: string;
  readonly readers: Readers;
}

/** A sender that has not confirmed after this long is taken for dead, and the next one sends. */
export const LEASE_MS = 60_000;
/** What the SNS client may take. A publish with all its attempts ends long before the lease of its sender does. */
export const SNS_LIMITS = { ...CLIENT_LIMITS, attempts: 2 } as const;

/** Errors of the state machine's own Fail states: by then NotifyFailure has published, or there was nothing to say. */
const TOLD_BEFORE = new Set(['WorkflowFailed', 'AlreadySettled']);

/**
 * Whether the state machine has told people of a record whose `notify` is `machine`, judged from how its execution ended:
 * only a state after the publish ends it in these ways.
 */
export function isToldByMachine(status: string, error: string | null | undefined): boolean {
  return status === 'SUCCEEDED' || (status === 'FAILED' && TOLD_BEFORE.has(error ?? ''));
}

/**
 * Sends the message about an ended execution once, however many callers find it unsent: a lease on the record decides
 * who sends. Only a sender that dies between sending and confirming makes a second message (SNS is at least once).
 * @param record a settled record whose `notify` is `pending`, or `machine` when the machine is known not to have sent it
 * @returns true when this call sent it
 */
export async function sendAlert(
  { executions, sns, alertsTopicArn, readers }: AlertTools,
  record: ExecutionRow,
): Promise<boolean> {
  const { executionArn, notify = 'pending' } = record;
  const outcomes = await executions.outcomes(executionArn);
  const { subject, message, kind } = composeNotification(record, outcomes, readers);
  // Not earlier: what came before must not shorten the lease.
  const takenAt = executions.now();
  const notifyClaimedAt = takenAt.toISOString();
  // A write whose answer is lost is sent again by the SDK, and is to succeed again.
  const notifyBy = randomUUID();
  const taken = await executions.change(executionArn, {
    set: { notify: 'pending', notifyClaimedAt, notifyBy, runningShard: shardOf(RUNNING, executionArn) },
    condition: `(#notify = :before AND (attribute_not_exists(notifyClaimedAt) OR notifyClaimedAt < :expired))
      OR (#notify = :notify AND notifyBy = :notifyBy)`,
    values: { before: notify, expired: new Date(takenAt.getTime() - LEASE_MS).toISOString() },
  });
  if (!taken) return false;
  try {
    await sns.send(
      new PublishCommand({
        TopicArn: alertsTopicArn,
        Subject: subject,
        Message: message,
        MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
      }),
    );
  } catch (thrown) {
    // Gives its lease back, so that the next delivery of the event need not wait for it to run out.
    await executions.change(executionArn, {
      remove: ['notifyClaimedAt'],
      condition: '#notify = :pending AND #notifyClaimedAt = :takenAt',
      values: { pending: 'pending', takenAt: notifyClaimedAt },
    });
    throw thrown;
  }
  await noteTold(executions, executionArn, 'pending');
  return true;
}

export const createAlertClient = () => createClient(SNSClient, { maxAttempts: SNS_LIMITS.attempts });

/** For every Lambda that sends alerts itself. @throws Error naming what the environment lacks */
export function wireAlerts(): Omit<AlertTools, 'executions'> {
  const environment = readEnvironment(['ALERTS_TOPIC_ARN']);
  return {
    sns: onFirstCall(createAlertClient),
    alertsTopicArn: environment.ALERTS_TOPIC_ARN,
    readers: readReaders(),
  };
}
