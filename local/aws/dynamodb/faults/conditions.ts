import { isDeepStrictEqual } from 'node:util';
import { type Fields, fieldsOf } from './request.ts';

/** One term of an expression: what it says of which attribute. */
interface Condition {
  readonly attribute: string;
  /** Of the values that the term names, in their order. */
  readonly operator: string;
  readonly values: readonly unknown[];
}

/** An expression, or a request, that this imitation does not know: it would answer wrongly. */
export class UnknownToIndexLag extends Error {}

const NAME = '[#\\w]+';
const VALUE = ':\\w+';
/** `a = :b`, `a BETWEEN :b AND :c`, `begins_with(a, :b)`, `attribute_exists(a)`; then AND, or the end. */
const TERM = new RegExp(
  [
    '\\s*(?:',
    `(?<function>begins_with|attribute_exists|attribute_not_exists)\\s*\\(\\s*(?<argument>${NAME})\\s*(?:,\\s*(?<prefix>${VALUE})\\s*)?\\)`,
    `|(?<between>${NAME})\\s+BETWEEN\\s+(?<low>${VALUE})\\s+AND\\s+(?<high>${VALUE})`,
    `|(?<compared>${NAME})\\s*(?<operator>=|<>|<=|>=|<|>)\\s*(?<value>${VALUE})`,
    ')\\s*(?:AND(?=\\s)|$)',
  ].join(''),
  'yi',
);

/**
 * Reads an expression of terms that AND joins.
 * @throws UnknownToIndexLag for any other
 */
export function parseConditions(expression: unknown, request: Fields): Condition[] {
  if (expression === undefined) return [];
  const text = String(expression);
  const names = fieldsOf(request.ExpressionAttributeNames);
  const values = fieldsOf(request.ExpressionAttributeValues);
  const conditions: Condition[] = [];
  const pattern = new RegExp(TERM);
  while (pattern.lastIndex < text.length) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) throw new UnknownToIndexLag(`does not know the expression ${text}`);
    const name = groups.argument ?? groups.between ?? groups.compared ?? '';
    conditions.push({
      attribute: name.startsWith('#') ? String(names[name]) : name,
      operator: (groups.function ?? groups.operator ?? 'BETWEEN').toLowerCase(),
      values: [groups.prefix, groups.low, groups.high, groups.value].flatMap((each) =>
        each === undefined ? [] : [values[each]],
      ),
    });
  }
  return conditions;
}

/** Does an item have what every condition asks for? */
export const satisfies = (item: Fields, conditions: readonly Condition[]): boolean =>
  conditions.every(({ attribute, operator, values }) => isTrue(operator, item[attribute], values));

function isTrue(operator: string, actual: unknown, [first, second]: readonly unknown[]): boolean {
  if (operator === 'attribute_exists') return actual !== undefined;
  if (operator === 'attribute_not_exists') return actual === undefined;
  if (operator === '=') return isDeepStrictEqual(actual, first);
  if (operator === '<>') return !isDeepStrictEqual(actual, first);
  if (operator === 'begins_with') return scalar(actual).startsWith(scalar(first));
  const order = compare(actual, first);
  // Values of different types are in no order.
  if (order === undefined) return false;
  if (operator === 'between') return order >= 0 && (compare(actual, second) ?? 1) <= 0;
  return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
}

/** The text of a string or number; what no text begins with for anything else. */
function scalar(value: unknown): string {
  const { S, N } = fieldsOf(value);
  return String(S ?? N ?? '\0');
}

/** Negative, 0 or positive as DynamoDB orders two values of a type: texts by their UTF-8 bytes; undefined for others. */
export function compare(one: unknown, other: unknown): number | undefined {
  const [left, right] = [fieldsOf(one), fieldsOf(other)];
  if (typeof left.S === 'string' && typeof right.S === 'string') {
    return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  }
  if (typeof left.N === 'string' && typeof right.N === 'string') return Number(left.N) - Number(right.N);
  return undefined;
}
