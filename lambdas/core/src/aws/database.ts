import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type ClientConfig, createClient } from './clients.ts';
import { currentDeadline, obeyDeadline } from './deadline.ts';

/** The document client and the names of the tables that a Lambda may use; a missing name is a missing permission. */
export interface Database {
  readonly client: Pick<DynamoDBDocumentClient, 'send'>;
  readonly goals: string;
  readonly tasks: string;
  readonly executions: string;
}

/** Attempts at a write that meets another one; their waits are 20, 40, 80, 160 and 320 ms, each half as long to half as long again. */
const COLLISION_ATTEMPTS = 6;

/**
 * Makes the pooled client of a Lambda. A write that collides with another one is sent again, which the SDK does not do: it
 * has changed nothing, and its conditions decide anew.
 * @param changes see `createClient`
 */
export function createDatabase(tables: Partial<Omit<Database, 'client'>>, changes: ClientConfig = {}): Database {
  const client = createClient(DynamoDBClient, changes);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        // One token for all attempts: a transaction may collide after an attempt that was carried out, its answer lost.
        const token = commandName === 'TransactWriteItemsCommand' ? { ClientRequestToken: randomUUID() } : {};
        const input = { ...call.input, ...token };
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await next({ ...call, input });
          } catch (thrown) {
            if (attempt === COLLISION_ATTEMPTS || !collided(thrown)) throw thrown;
            await delay(10 * 2 ** attempt * (0.5 + Math.random()), undefined, { signal: currentDeadline() });
          }
        }
      },
    { step: 'initialize', name: 'retryCollisions' },
  );
  return {
    client: obeyDeadline(DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })),
    goals: tables.goals ?? '',
    tasks: tables.tasks ?? '',
    executions: tables.executions ?? '',
  };
}

/** True when a conditional write was refused because its condition did not hold. */
export function conditionFailed(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'ConditionalCheckFailedException';
}

/** The cancellation codes of a refused transaction, one an item (`None` where an item was fine); undefined for any other error. */
export function cancellationCodes(thrown: unknown): string[] | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'TransactionCanceledException') return undefined;
  const { CancellationReasons: reasons }: { CancellationReasons?: { Code?: string }[] } = Object(thrown);
  return (reasons ?? []).map(({ Code }) => Code ?? 'None');
}

/** The cancellation codes that say something of the transaction itself; the others say that others were at it, or the table was busy. */
const REFUSALS: ReadonlySet<string> = new Set([
  'ConditionalCheckFailed',
  'ItemCollectionSizeLimitExceeded',
  'ValidationError',
  'DuplicateItem',
  'AccessDenied',
]);

/** True when a write was refused for what others were doing at that moment: nothing was changed, and it may be sent again. */
export function collided(thrown: unknown): boolean {
  if (thrown instanceof Error && thrown.name === 'TransactionConflictException') return true;
  const codes = cancellationCodes(thrown);
  return codes !== undefined && !codes.some((code) => REFUSALS.has(code));
}
