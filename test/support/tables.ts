import { createDatabase, type Database } from '@goal-activity/core/database.ts';
import type { LocalStack } from '../../local/stack.ts';

/** The tables of a running stack, past its API. */
export function tablesOf({ databaseUrl, description }: LocalStack): Database {
  const { prefix, region } = description;
  const names = {
    goals: `${prefix}-goals`,
    tasks: `${prefix}-tasks`,
    executions: `${prefix}-workflow-executions`,
  };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return createDatabase(names, { endpoint: databaseUrl, region, credentials });
}
