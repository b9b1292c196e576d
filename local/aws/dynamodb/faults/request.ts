import { isRecord } from '../../../settings.ts';
import type { TableDescription } from '../../../terraform/stack-description.ts';

/** An object of DynamoDB's API: a request, an item, a key. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** One item that a request writes, or checks within a transaction. */
export interface TouchedItem {
  readonly table: TableDescription;
  readonly key: Fields;
  /** See {@link idOf}. */
  readonly id: string;
  readonly action: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  /** What the request says of it: `Item`, or `Key` and expressions. */
  readonly request: Fields;
}

const SINGLE = new Map<string, TouchedItem['action']>([
  ['PutItem', 'Put'],
  ['UpdateItem', 'Update'],
  ['DeleteItem', 'Delete'],
]);
const ACTIONS = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;

/** Is an operation the write of a single item? */
export const isSingleWrite = (operation: string): boolean => SINGLE.has(operation);
export const isTransaction = (operation: string): boolean => operation === 'TransactWriteItems';

/** The key of an item within its table. */
export const keyOf = ({ hashKey, rangeKey }: TableDescription, item: Fields): Fields => ({
  [hashKey]: item[hashKey],
  ...(rangeKey === undefined ? {} : { [rangeKey]: item[rangeKey] }),
});

/** Tells items apart, over all tables. */
export const idOf = (table: TableDescription, key: Fields): string =>
  JSON.stringify([table.name, ...Object.values(keyOf(table, key))]);

/** The items that a request writes or checks, in its order; none for a read. */
export function touchedItems(
  operation: string,
  body: Fields,
  tables: ReadonlyMap<string, TableDescription>,
): TouchedItem[] {
  const touched = (action: TouchedItem['action'], tableName: unknown, request: Fields): TouchedItem[] => {
    const table = tables.get(String(tableName));
    if (table === undefined) return [];
    const key = keyOf(table, fieldsOf(action === 'Put' ? request.Item : request.Key));
    return [{ table, key, id: idOf(table, key), action, request }];
  };
  const single = SINGLE.get(operation);
  if (single !== undefined) return touched(single, body.TableName, body);
  if (isTransaction(operation)) {
    return listOf(body.TransactItems).flatMap((entry) =>
      ACTIONS.flatMap((action) => {
        const request = fieldsOf(fieldsOf(entry)[action]);
        return touched(action, request.TableName, request);
      }),
    );
  }
  if (operation !== 'BatchWriteItem') return [];
  return Object.entries(fieldsOf(body.RequestItems)).flatMap(([tableName, entries]) =>
    listOf(entries).flatMap((entry) => {
      const { PutRequest, DeleteRequest } = fieldsOf(entry);
      return PutRequest === undefined
        ? touched('Delete', tableName, fieldsOf(DeleteRequest))
        : touched('Put', tableName, fieldsOf(PutRequest));
    }),
  );
}
