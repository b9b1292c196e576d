import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { describeError } from '../errors.ts';
import { type ClientConfig, createClient } from './clients.ts';
import { currentDeadline, obeyDeadline } from './deadline.ts';
import { readEnvironment } from './environment.ts';

/** The tables, and the variables that hold their names. */
const TABLES = { goals: 'GOALS_TABLE', tasks: 'TASKS_TABLE', executions: 'EXECUTIONS_TABLE' } as const;
type Table = keyof typeof TABLES;

/** The document client and the names of the tables; a Lambda that asks for a table it was not given fails with its variable. */
export interface Database extends Readonly<Record<Table, string>> {
  readonly client: Pick<DynamoDBDocumentClient, 'send'>;
}

/** Attempts at a write that meets another one; their waits are 20, 40, 80, 160 and 320 ms, each half as long to half as long again. */
const COLLISION_ATTEMPTS = 6;

/**
 * Makes the pooled client of a Lambda. A write that collides with another one is sent again, which the SDK does not do: it
 * has changed nothing, and its conditions decide anew.
 * @param changes see `createClient`
 */
export function createDatabase(tables: Partial<Record<Table, string>>, changes: ClientConfig = {}): Database {
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
  const nameOf = (table: Table) => {
    const name = tables[table];
    if (name === undefined) throw new Error(`environment variables are missing: ${TABLES[table]}`);
    return name;
  };
  return {
    client: obeyDeadline(DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })),
    get goals() {
      return nameOf('goals');
    },
    get tasks() {
      return nameOf('tasks');
    },
    get executions() {
      return nameOf('executions');
    },
  };
}

/**
 * The database of a Lambda that uses these tables, by its environment.
 * @throws Error naming every variable that is missing
 */
export function openDatabase(...tables: readonly Table[]): Database {
  const names = readEnvironment(tables.map((table) => TABLES[table]));
  return createDatabase(Object.fromEntries(tables.map((table) => [table, names[TABLES[table]]])));
}

/** The cancellation codes of a refused transaction, one an item (`None` where an item was fine); undefined for any other error. */
export function cancellationCodes(thrown: unknown): string[] | undefined {
  if (describeError(thrown).name !== 'TransactionCanceledException') return undefined;
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
  if (describeError(thrown).name === 'TransactionConflictException') return true;
  const codes = cancellationCodes(thrown);
  return codes !== undefined && !codes.some((code) => REFUSALS.has(code));
}

/**
 * Sends a conditional update.
 * @returns false when its condition did not hold
 */
export async function updateIf({ client }: Database, update: UpdateCommandInput): Promise<boolean> {
  try {
    await client.send(new UpdateCommand(update));
    return true;
  } catch (thrown) {
    if (describeError(thrown).name === 'ConditionalCheckFailedException') return false;
    throw thrown;
  }
}

/**
 * Sends a transaction.
 * @param deciding how many of its items, from the first, decide by their conditions; a refusal by the others alone is a fault
 * @returns the place of the first item whose condition did not hold; undefined when the transaction was carried out
 */
export async function transact(
  { client }: Database,
  TransactItems: NonNullable<TransactWriteCommandInput['TransactItems']>,
  deciding = TransactItems.length,
): Promise<number | undefined> {
  try {
    await client.send(new TransactWriteCommand({ TransactItems }));
    return undefined;
  } catch (thrown) {
    const place = cancellationCodes(thrown)?.indexOf('ConditionalCheckFailed') ?? -1;
    if (place === -1 || place >= deciding) throw thrown;
    return place;
  }
}
