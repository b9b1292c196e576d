import { DeleteTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { TableDescription } from '../../../terraform/stack-description.ts';
import { createClient, createTables } from '../tables.ts';
import { type Fields, fieldsOf, idOf, keyOf, type TouchedItem } from './request.ts';

/** Sends a request to the engine. @throws Error when it refuses it */
export type Ask = (operation: string, body: Fields) => Promise<Fields>;

export interface IndexLagOptions {
  /** Of the engine. */
  readonly url: string;
  readonly ask: Ask;
  readonly tables: readonly TableDescription[];
  /** Resolves once the next write may be seen. */
  readonly lag: () => Promise<void>;
}

/** The copy of a table that queries on its indexes read. */
const copyOf = (table: TableDescription): TableDescription => ({ ...table, name: `${table.name}.late` });
const hasIndexes = ({ globalSecondaryIndexes }: TableDescription) => globalSecondaryIndexes.length > 0;

/** The copies of those tables that have indexes. */
export const copiesOf = (tables: readonly TableDescription[]): TableDescription[] =>
  tables.filter(hasIndexes).map(copyOf);

/**
 * Global secondary indexes that are behind their tables. Each table with indexes has a copy in the engine, which gets
 * every write late and which queries on an index read: so what was inserted is not there yet, and what left the index
 * still is. Whatever the engine knows of queries holds for the copy.
 */
export class IndexLag {
  readonly #options: IndexLagOptions;
  readonly #tables: readonly TableDescription[];
  /**
   * Rows that are in a copy or may come there, with the last work on each: two at once could end with the older state.
   * Most rows are in no index, and cost nothing.
   */
  readonly #rows = new Map<string, Promise<void>>();
  #isClosed = false;

  constructor(options: IndexLagOptions) {
    this.#options = options;
    this.#tables = options.tables.filter(hasIndexes);
  }

  /** Makes the copies anew: those that a killed stack left may have missed writes. */
  async start(): Promise<void> {
    const copies = copiesOf(this.#tables);
    const client = createClient(this.#options.url, 'local');
    try {
      await Promise.allSettled(copies.map(({ name }) => client.send(new DeleteTableCommand({ TableName: name }))));
      await createTables(client, copies);
      for (const table of this.#tables) {
        for await (const { Items = [] } of paginateScan({ client }, { TableName: table.name })) {
          const rows = Items.filter((row) => isInAnyIndex(table, row));
          await Promise.all(rows.map((row) => this.#copyNext(table, keyOf(table, row))));
        }
      }
    } finally {
      client.destroy();
    }
  }

  /** The table that answers a request: for one on an index, the copy. */
  tableFor({ TableName, IndexName }: Fields): unknown {
    const table = this.#tables.find(({ name }) => name === TableName);
    return IndexName === undefined || table === undefined ? TableName : copyOf(table).name;
  }

  /** Lets the copies follow a write that was carried out. */
  follow(items: readonly TouchedItem[]): void {
    for (const item of items) {
      const { table, key } = item;
      const isCopied = this.#rows.has(idOf(table, key));
      if (this.#tables.includes(table) && (isCopied || mayEnterIndex(item))) void this.#copyLate(table, key);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#rows.values());
  }

  async #copyLate(table: TableDescription, key: Fields): Promise<void> {
    // Known at once: the next write of the row may name no key of an index.
    const id = idOf(table, key);
    if (!this.#rows.has(id)) this.#rows.set(id, Promise.resolve());
    let isCopied = false;
    while (!isCopied) {
      await this.#options.lag();
      if (this.#isClosed) return;
      // An engine that was killed answers again soon.
      isCopied = await this.#copyNext(table, key).then(
        () => true,
        () => false,
      );
    }
  }

  /** Makes the copy of a row as the row is, after what else is done with it. */
  #copyNext(table: TableDescription, Key: Fields): Promise<void> {
    const { ask } = this.#options;
    const id = idOf(table, Key);
    const copy = async () => {
      const { Item } = await ask('GetItem', { TableName: table.name, Key, ConsistentRead: true });
      const isShown = isInAnyIndex(table, fieldsOf(Item));
      await ask(isShown ? 'PutItem' : 'DeleteItem', {
        TableName: copyOf(table).name,
        ...(isShown ? { Item } : { Key }),
      });
    };
    const work = Promise.resolve(this.#rows.get(id)).then(copy);
    this.#rows.set(
      id,
      work.catch(() => undefined),
    );
    return work;
  }
}

const isInAnyIndex = (table: TableDescription, item: Fields): boolean =>
  table.globalSecondaryIndexes.some(
    ({ hashKey, rangeKey }) => item[hashKey] !== undefined && (rangeKey === undefined || item[rangeKey] !== undefined),
  );

/** May a write put a row into an index that it was not in? An update that names no key of an index does not. */
function mayEnterIndex({ table, action, request }: TouchedItem): boolean {
  if (action === 'Put') return isInAnyIndex(table, fieldsOf(request.Item));
  if (action !== 'Update') return false;
  const names = JSON.stringify([request.UpdateExpression, request.ExpressionAttributeNames]);
  return table.globalSecondaryIndexes.some(({ hashKey, rangeKey = hashKey }) =>
    [hashKey, rangeKey].some((name) => names.includes(name)),
  );
}
