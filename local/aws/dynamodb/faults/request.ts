import type { TableDescription } from '../../../terraform/stack-description.ts';

/** An object of DynamoDB's API: a request, an item, a key. */
export type Fields = Readonly<Record<string, unknown>>;

/** One item that a request writes, or checks within a transaction. */
export interface TouchedItem {
  readonly table: TableDescription;
  /** The attributes of the table's key. */
  readonly key: Fields;
  /** Tells items apart, over all tables. */
  readonly id: string;
  readonly action: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  /** What the request says of it: `Item`, or `Key` and expressions. */
  readonly request: Fields;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const SINGLE: Readonly<Record<string, TouchedItem['action']>> = {
  PutItem: 'Put',
  UpdateItem: 'Update',
  DeleteItem: 'Delete',
};
const ACTIONS = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;

/** The attributes with these names, as far as an item has them. */
export const pick = (item: Fields, names: readonly (string | undefined)[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (name !== undefined && name in item ? [[name, item[name]]] : [])));

/** The key of an item within its table. */
export const keyOf = ({ hashKey, rangeKey }: TableDescription, item: Fields): Fields => pick(item, [hashKey, rangeKey]);

/** Tells items apart, over all tables. */
export const idOf = (table: TableDescription, item: Fields): string =>
  JSON.stringify([table.name, item[table.hashKey], table.rangeKey === undefined ? null : item[table.rangeKey]]);

/** The operation that a request names, and whether it is one of a single item's writes or a transaction of them. */
export const isSingleWrite = (operation: string): boolean => Object.hasOwn(SINGLE, operation);
export const isTransaction = (operation: string): boolean => operation === 'TransactWriteItems';

/** The items that a request writes or checks, in its order; none for a read. What the engine will refuse is left out. */
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
  const single = SINGLE[operation];
  if (single !== undefined) return touched(single, body.TableName, body);
  if (isTransaction(operation)) {
    return listOf(body.TransactItems).flatMap((entry) => {
      const action = ACTIONS.find((name) => name in fieldsOf(entry));
      const request = fieldsOf(action && fieldsOf(entry)[action]);
      return action === undefined ? [] : touched(action, request.TableName, request);
    });
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
