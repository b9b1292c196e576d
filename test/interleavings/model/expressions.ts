import { AwsError } from './aws-errors.ts';
import type { Item } from './items.ts';

/** The expressions of a request, with what their placeholders stand for. */
export interface Request {
  readonly Key?: Item | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

/** Below zero, zero or above; NaN for what cannot be compared, as an attribute that is not there. */
function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  return Number.NaN;
}

const RELATIONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '=': (a, b) => a === b,
  // An attribute that is not there differs from everything.
  '<>': (a, b) => a !== b,
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
};

/** What a condition is made of once its operators are written as functions. */
const FUNCTIONS: Readonly<Record<string, (...operands: unknown[]) => unknown>> = {
  compare: (relation, a, b) => RELATIONS[String(relation)]?.(a, b),
  between: (value, low, high) => order(value, low) >= 0 && order(value, high) <= 0,
  isIn: (value, ...list) => list.includes(value),
  attribute_exists: (value) => value !== undefined,
  attribute_not_exists: (value) => value === undefined,
  begins_with: (value, prefix) => String(value).startsWith(String(prefix)),
  size: (value) => (value instanceof Set ? value.size : typeof value === 'string' ? value.length : undefined),
};

const OPERAND = String.raw`(?:size\(\w+\)|[:#]?\w+)`;
const BETWEEN = new RegExp(`(${OPERAND}) BETWEEN (${OPERAND}) AND (${OPERAND})`, 'g');
const IN = new RegExp(`(${OPERAND}) IN \\(`, 'g');
const COMPARISON = new RegExp(`(${OPERAND}) (=|<>|<=?|>=?) (${OPERAND})`, 'g');
const OPERATORS: Readonly<Record<string, string>> = { AND: '&', OR: '|', NOT: '!' };

type Condition = (read: (operand: string) => unknown, ...functions: unknown[]) => unknown;
const conditions = new Map<string, Condition>();

/** A condition as a function of JavaScript, of what reads its operands; all of them are read, whatever the first ones say. */
function compile(expression: string): Condition {
  const code = expression
    .replace(BETWEEN, 'between($1, $2, $3)')
    .replace(IN, 'isIn($1, ')
    .replace(COMPARISON, "compare('$2', $1, $3)")
    .replace(/[:#]?\b\w+\b(?!\()/g, (operand) => OPERATORS[operand] ?? `read('${operand}')`);
  const made = Function('read', ...Object.keys(FUNCTIONS), `return ${code}`);
  return (...operands) => made(...operands);
}

/** The place of an attribute. */
const pathOf = (text: string, { ExpressionAttributeNames: names = {} }: Request) =>
  text.split('.').map((part) => {
    const name = part.startsWith('#') ? names[part] : part;
    if (name === undefined) throw new Error(`the model does not know the name ${part}`);
    return name;
  });

/** What an operand stands for. */
function read(operand: string, item: Item, request: Request): unknown {
  if (!operand.startsWith(':')) {
    return pathOf(operand, request).reduce((holder: unknown, name) => Reflect.get(Object(holder), name), item);
  }
  const { ExpressionAttributeValues: values = {} } = request;
  if (!(operand in values)) throw new Error(`the model does not know the value ${operand}`);
  return values[operand];
}

/** Whether the condition of a request holds for an item, as DynamoDB reads it; one that is not there is an empty item. */
export function isMet(item: Item, request: Request): boolean {
  const expression = request.ConditionExpression ?? request.KeyConditionExpression;
  if (expression === undefined) return true;
  const condition = conditions.get(expression) ?? compile(expression);
  conditions.set(expression, condition);
  return Boolean(condition((operand) => read(operand, item, request), ...Object.values(FUNCTIONS)));
}

const missingAttribute = () =>
  new AwsError('ValidationException', 'The provided expression refers to an attribute that does not exist in the item');

/** `a`, `a + b` or `a - b`, where all is there. */
function sumOf(text: string, item: Item, request: Request): unknown {
  const [first, sign, second] = text.split(' ');
  const [a, b] = [first, second].map((operand) => operand && read(operand, item, request));
  if (a === undefined) throw missingAttribute();
  if (sign === undefined) return a;
  if (typeof a !== 'number' || typeof b !== 'number') throw missingAttribute();
  return sign === '-' ? a - b : a + b;
}

/** Puts a value at a place inside of an item; what it is inside of must be there, as in DynamoDB. */
function write(holder: unknown, [name = '', ...inside]: readonly string[], value: unknown): Record<string, unknown> {
  if (typeof holder !== 'object' || holder === null) throw missingAttribute();
  return { ...holder, [name]: inside.length === 0 ? value : write(Reflect.get(holder, name), inside, value) };
}

/** A set with other elements, or without them; undefined when none is left. */
function changedSet(before: unknown, changes: unknown, isAdded: boolean): Set<unknown> | undefined {
  if (!(changes instanceof Set)) throw new Error('the model knows ADD and DELETE of sets alone');
  const after = new Set<unknown>(before instanceof Set ? before : []);
  for (const each of changes) after[isAdded ? 'add' : 'delete'](each);
  // Whoever came first, the order is the same: a set has none.
  return after.size === 0 ? undefined : new Set([...after].sort());
}

/** What a request makes of an item. */
export function updated(request: Request, item: Item): Item {
  let result: Record<string, unknown> = { ...request.Key, ...item };
  const [, ...sections] = (request.UpdateExpression ?? '').split(/\b(SET|REMOVE|ADD|DELETE) /);
  for (let index = 0; index < sections.length; index += 2) {
    const section = sections[index];
    for (const clause of (sections[index + 1] ?? '').trim().split(', ')) {
      const [, place = '', rest = ''] = /^(\S+)(?: =)? ?(.*)$/.exec(clause) ?? [];
      const path = pathOf(place, request);
      const [name = '', ...inside] = path;
      if (section === 'SET') result = write(result, path, sumOf(rest, item, request));
      else if (inside.length > 0) throw new Error(`the model does not know ${section} inside of ${name}`);
      else if (section === 'REMOVE') delete result[name];
      else result[name] = changedSet(item[name], read(rest, item, request), section === 'ADD');
    }
  }
  return result;
}
