import type { IndexDescription, TableDescription } from '../../../terraform/stack-description.ts';
import { compare, parseConditions, satisfies, UnknownToIndexLag } from './conditions.ts';
import { type Fields, fieldsOf, keyOf, pick } from './request.ts';

/** Parameters of Query whose meaning is known here; `ReturnConsumedCapacity` is not answered. */
const KNOWN = new Set([
  'TableName',
  'IndexName',
  'KeyConditionExpression',
  'FilterExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ExclusiveStartKey',
  'ScanIndexForward',
  'Limit',
]);

/** A query on an index, to be answered from rows that are older than the engine's. */
export interface IndexQuery {
  readonly table: TableDescription;
  readonly index: IndexDescription;
  /** The one value of the index's hash key that it asks for. */
  readonly hashValue: unknown;
  readonly request: Fields;
}

/**
 * Reads a Query on an index.
 * @throws UnknownToIndexLag for what this imitation would answer wrongly
 */
export function readIndexQuery(table: TableDescription, index: IndexDescription, request: Fields): IndexQuery {
  const unknown = Object.keys(request).filter((parameter) => !KNOWN.has(parameter));
  if (unknown.length > 0) throw new UnknownToIndexLag(`does not know ${unknown.join(', ')}`);
  const hash = parseConditions(request.KeyConditionExpression, request).find(
    ({ attribute, operator }) => attribute === index.hashKey && operator === '=',
  );
  if (hash === undefined) throw new UnknownToIndexLag(`needs one value of ${index.hashKey}`);
  parseConditions(request.FilterExpression, request);
  return { table, index, hashValue: hash.values[0], request };
}

/** Is an item in an index? Without all of the index's key it is not. */
export const isIndexed = ({ hashKey, rangeKey }: IndexDescription, item: Fields): boolean =>
  item[hashKey] !== undefined && (rangeKey === undefined || item[rangeKey] !== undefined);

/** All rows of an index that have the query's hash key, as a request. */
export function partitionRequest({ table, index, hashValue }: IndexQuery, start: unknown): Fields {
  return {
    TableName: table.name,
    IndexName: index.name,
    KeyConditionExpression: '#hash = :hash',
    ExpressionAttributeNames: { '#hash': index.hashKey },
    ExpressionAttributeValues: { ':hash': hashValue },
    ...(start === undefined ? {} : { ExclusiveStartKey: start }),
  };
}

/**
 * Answers a query from all rows that the index has for its hash key, in any order. As one page: DynamoDB would cut it at 1 MB.
 */
export function answerIndexQuery({ table, index, request }: IndexQuery, rows: readonly Fields[]): object {
  const {
    ExclusiveStartKey: start,
    ScanIndexForward: isForward = true,
    Limit: limit = Number.POSITIVE_INFINITY,
  } = request;
  const direction = isForward ? 1 : -1;
  const order = [index.rangeKey, table.hashKey, table.rangeKey].flatMap((name) => (name === undefined ? [] : [name]));
  const inOrder = (one: Fields, other: Fields): number => {
    const name = order.find((each) => compare(one[each], other[each]) !== 0);
    return name === undefined ? 0 : direction * (compare(one[name], other[name]) ?? 0);
  };
  const conditions = parseConditions(request.KeyConditionExpression, request);
  const left = rows
    .filter((row) => satisfies(row, conditions) && (start === undefined || inOrder(row, fieldsOf(start)) > 0))
    .sort(inOrder);
  const read = left.slice(0, Number(limit));
  const last = read.length === limit ? read.at(-1) : undefined;
  const filters = parseConditions(request.FilterExpression, request);
  const shown = read.filter((row) => satisfies(row, filters));
  const key = (row: Fields) => ({ ...pick(row, [index.hashKey, index.rangeKey]), ...keyOf(table, row) });
  return {
    Items: index.projectionType === 'ALL' ? shown : shown.map(key),
    Count: shown.length,
    ScannedCount: read.length,
    ...(last === undefined ? {} : { LastEvaluatedKey: key(last) }),
  };
}
