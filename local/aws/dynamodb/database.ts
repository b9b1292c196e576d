import type { TableDescription } from '../../terraform/stack-description.ts';
import type { AwsFaults } from '../aws-faults.ts';
import { startDynoxide } from './dynoxide.ts';
import { copiesOf } from './faults/index-lag.ts';
import { hasDatabaseFaults, startUnkindDatabase } from './faults/unkind-database.ts';
import { createClient, createTables } from './tables.ts';

export interface DatabaseOptions {
  readonly tables: readonly TableDescription[];
  readonly region: string;
  /** Without it the data is in memory. */
  readonly dataDir: string | undefined;
  readonly faults: AwsFaults;
  /** Is told, for people, when dynoxide has ended. */
  onTrouble(what: string): void;
}

/** The database of a stack, with its tables. */
export type RunningDatabase = Awaited<ReturnType<typeof startDatabase>>;

/**
 * Starts dynoxide, makes the tables that are missing, and stands the faults that are wanted in front of it.
 * @throws as startDynoxide does
 */
export async function startDatabase(options: DatabaseOptions) {
  const { tables, region, dataDir, faults, onTrouble } = options;
  const onRestart = (how: string) => onTrouble(`dynoxide has ended (${how}) and is started again`);
  const dynoxide = await startDynoxide({ dataDir, onRestart });
  const { url } = dynoxide;
  void dynoxide.lost.then(({ message }) => onTrouble(message));
  try {
    const client = createClient(url, region);
    await createTables(client, tables).finally(() => client.destroy());
    const unkind = hasDatabaseFaults(faults) ? await startUnkindDatabase({ url, tables, faults }) : undefined;
    return {
      ...dynoxide,
      /** What the Lambdas use: the faults of AWS_FAULTS are on this way alone. */
      lambdaUrl: unkind?.url ?? url,
      /** All that holds rows: the copies behind lagging indexes as well. */
      tables: faults.indexLagMs > 0 ? [...tables, ...copiesOf(tables)] : tables,
      async close() {
        await unkind?.close();
        await dynoxide.close();
      },
    };
  } catch (error) {
    await dynoxide.close();
    throw error;
  }
}
