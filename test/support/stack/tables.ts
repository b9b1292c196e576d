import { createDatabase, type Database } from '@goal-activity/core/aws/database.ts';
import type { LocalStack } from '../../../local/stack.ts';

interface Running {
  readonly databaseUrl: string;
  readonly description: Pick<LocalStack['description'], 'prefix' | 'region'>;
}

/** The tables of a running stack, past its API. */
export function tablesOf({ databaseUrl, description: { prefix, region } }: Running): Database {
  const names = {
    goals: `${prefix}-goals`,
    tasks: `${prefix}-tasks`,
    executions: `${prefix}-workflow-executions`,
  };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  // A busy machine must not fail a test by the time limits of a Lambda's client.
  const requestHandler = { connectionTimeout: 30_000, requestTimeout: 60_000 };
  return createDatabase(names, { endpoint: databaseUrl, region, credentials, requestHandler });
}
