import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The document client and the names of the tables that a Lambda may use; a missing name is a missing permission. */
export interface Database {
  readonly client: Pick<DynamoDBDocumentClient, 'send'>;
  readonly goals: string;
  readonly tasks: string;
  readonly executions: string;
}

/**
 * Makes the pooled client of a Lambda. A call that hangs is given up after 5 s and sent again by the SDK (3 attempts),
 * so that a dead connection costs seconds, not the step's timeout.
 * @param clientConfig of tests, which name their endpoint here and not in the environment that all tests share
 */
export function createDatabase(
  tables: Partial<Omit<Database, 'client'>>,
  clientConfig: DynamoDBClientConfig = {},
): Database {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    ...clientConfig,
  });
  return {
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
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
