import type { Database } from '@goal-activity/core/aws/database.ts';
import { NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { type DatabaseFaults, startUnkindDatabase } from '../../../local/aws/dynamodb/faults/unkind-database.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import { readTerraform } from '../../../local/terraform/stack-description.ts';
import { loadConfig } from '../../../modules/config.ts';
import { synthesize } from '../../../modules/stack.ts';
import { withFolders } from '../../infrastructure/folders.ts';
import { tablesOf } from './tables.ts';

const description = withFolders((folders) => readTerraform(synthesize({ config: loadConfig('dev'), ...folders })));
const { tables, region } = description;

/** One database in memory for all that use it at the same time. */
let shared: Promise<Dynoxide> | undefined;
let users = 0;

async function start(): Promise<Dynoxide> {
  const dynoxide = await startDynoxide();
  const client = createClient(dynoxide.url, region);
  await createTables(client, tables).finally(() => client.destroy());
  return dynoxide;
}

/**
 * The deployed tables on the local engine, for the hooks and tests of one describe block. Blocks share rows, so each test
 * makes goals of its own.
 * @param faults of AWS that they meet; none without
 * @returns what is filled before the first test
 */
export function useDatabase(faults?: Partial<DatabaseFaults>): Database {
  const database = {} as Database;
  let unkind: { url: string; close(): Promise<void> } | undefined;
  before(async () => {
    users += 1;
    shared ??= start();
    const { url } = await shared;
    if (faults) unkind = await startUnkindDatabase({ url, tables, faults: { ...NO_FAULTS, ...faults } });
    Object.assign(database, tablesOf({ databaseUrl: unkind?.url ?? url, description }));
  });
  after(async () => {
    await unkind?.close();
    users -= 1;
    if (users > 0) return;
    const last = shared;
    shared = undefined;
    // Closing ends the connections of every client; a start that failed was reported by `before`.
    await last?.then(
      (dynoxide) => dynoxide.close(),
      () => undefined,
    );
  });
  return database;
}
