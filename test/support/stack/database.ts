import { createDatabase, type Database } from '@goal-activity/core/aws/database.ts';
import { NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { type DatabaseFaults, startUnkindDatabase } from '../../../local/aws/dynamodb/faults/unkind-database.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import { readTerraform } from '../../../local/terraform/stack-description.ts';
import { loadConfig } from '../../../modules/config.ts';
import { synthesize } from '../../../modules/stack.ts';
import { withFolders } from '../../infrastructure/folders.ts';

const stack = withFolders((folders) => readTerraform(synthesize({ config: loadConfig('dev'), ...folders })));

/** One database in memory for all that use it at the same time. */
let shared: Promise<Dynoxide> | undefined;
let users = 0;

async function start(): Promise<Dynoxide> {
  const dynoxide = await startDynoxide();
  const client = createClient(dynoxide.url, stack.region);
  await createTables(client, stack.tables).finally(() => client.destroy());
  return dynoxide;
}

function tableNamed(name: string): string {
  const found = stack.tables.find((table) => table.name === `${stack.prefix}-${name}`);
  if (found === undefined) throw new Error(`the stack has no table ${name}`);
  return found.name;
}

/**
 * The deployed tables on the local engine, for the hooks and tests of one describe block. Blocks share rows, so each test
 * makes goals of its own.
 * @param faults of AWS that they meet; none without
 */
export function useDatabase(faults?: Partial<DatabaseFaults>): Database {
  let database: Database | undefined;
  let unkind: { url: string; close(): Promise<void> } | undefined;
  before(async () => {
    users += 1;
    shared ??= start();
    const { url } = await shared;
    if (faults) unkind = await startUnkindDatabase({ url, tables: stack.tables, faults: { ...NO_FAULTS, ...faults } });
    const clientConfig = {
      endpoint: unkind?.url ?? url,
      region: stack.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      // A busy machine must not fail a test by the time limits of a Lambda's client.
      requestHandler: { connectionTimeout: 30_000, requestTimeout: 60_000 },
    };
    const names = {
      goals: tableNamed('goals'),
      tasks: tableNamed('tasks'),
      executions: tableNamed('workflow-executions'),
    };
    database = createDatabase(names, clientConfig);
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
  const started = () => {
    if (database === undefined) throw new Error('the database of a describe block is there in its hooks and tests');
    return database;
  };
  return {
    get client() {
      return started().client;
    },
    get goals() {
      return started().goals;
    },
    get tasks() {
      return started().tasks;
    },
    get executions() {
      return started().executions;
    },
  };
}
