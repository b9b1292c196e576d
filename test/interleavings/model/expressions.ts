import { AwsError } from './aws-errors.ts';
import { canonical, type Item } from './items.ts';

/** The expressions of a request, with what their placeholders stand for. */
export interface Request {
  readonly Key?: Item | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

const isEqual = (a: unknown, b: unknown) =>
  a === b || (typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b));

/** Below zero, zero or above; NaN for what cannot be compared, as an attribute that is not there. */
function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  return Number.NaN;
}

const RELATIONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '=': isEqual,
  // An attribute that is not there differs from everything.
  '<>': (a, b) => !isEqual(a, b),
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
};

function sizeOf(value: unknown): number | undefined {
  if (value instanceof Set) return value.size;
  return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
}

const missingAttribute = () =>
  new AwsError('ValidationException', 'The provided expression refers to an attribute that does not exist in the item');

const tokens = new Map<string, readonly string[]>();
const TOKEN = /[:#]?\w+|<>|<=|>=|\S/g;

/** Reads an expression and evaluates it for an item on the way: DynamoDB's, as far as this project writes them. */
class Evaluator {
  readonly #text: string;
  readonly #tokens: readonly string[];
  readonly #item: Item;
  readonly #request: Request;
  #at = 0;

  constructor(text: string, item: Item, request: Request) {
    this.#text = text;
    this.#tokens = tokens.get(text) ?? text.match(TOKEN) ?? [];
    tokens.set(text, this.#tokens);
    this.#item = item;
    this.#request = request;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  unknown(what = this.#tokens[this.#at]): Error {
    return new Error(`the model does not know ${what ?? 'the end'} in ${this.#text}`);
  }

  next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.unknown();
    this.#at += 1;
    return token;
  }

  /** Reads a token if it comes next. */
  take(token: string): boolean {
    const isNext = this.#tokens[this.#at] === token;
    if (isNext) this.#at += 1;
    return isNext;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.unknown();
  }

  /** `a OR b AND c`; all of it is evaluated, since all of it is read. */
  condition(): boolean {
    let holds = this.#all();
    while (this.take('OR')) holds = this.#all() || holds;
    return holds;
  }

  #all(): boolean {
    let holds = this.#single();
    while (this.take('AND')) holds = this.#single() && holds;
    return holds;
  }

  #single(): boolean {
    if (this.take('NOT')) return !this.#single();
    if (this.take('(')) {
      const holds = this.condition();
      this.expect(')');
      return holds;
    }
    if (this.take('attribute_exists')) return this.#list()[0] !== undefined;
    if (this.take('attribute_not_exists')) return this.#list()[0] === undefined;
    if (this.take('begins_with')) {
      const [value = '', prefix] = this.#list();
      return String(value).startsWith(String(prefix));
    }
    return this.#comparison();
  }

  #comparison(): boolean {
    const left = this.operand();
    if (this.take('IN')) return this.#list().some((value) => isEqual(left, value));
    if (this.take('BETWEEN')) {
      const low = this.operand();
      this.expect('AND');
      const high = this.operand();
      return order(left, low) >= 0 && order(left, high) <= 0;
    }
    const relation = RELATIONS[this.next()];
    if (relation === undefined) throw this.unknown('the relation');
    return relation(left, this.operand());
  }

  /** `(a, b, …)` */
  #list(): unknown[] {
    const operands: unknown[] = [];
    this.expect('(');
    do operands.push(this.operand());
    while (this.take(','));
    this.expect(')');
    return operands;
  }

  /** The place of an attribute. */
  path(): string[] {
    const path: string[] = [];
    do {
      const token = this.next();
      const name = /^\w+$/.test(token) ? token : this.#request.ExpressionAttributeNames?.[token];
      if (name === undefined) throw this.unknown(`the name ${token}`);
      path.push(name);
    } while (this.take('.'));
    return path;
  }

  operand(): unknown {
    if (this.take('size')) return sizeOf(this.#list()[0]);
    const token = this.#tokens[this.#at];
    if (!token?.startsWith(':')) {
      return this.path().reduce((holder: unknown, name) => Reflect.get(Object(holder), name), this.#item);
    }
    const { ExpressionAttributeValues: values = {} } = this.#request;
    if (!(token in values)) throw this.unknown();
    return values[this.next()];
  }

  /** `a`, `a + b` or `a - b`, where all is there. */
  value(): unknown {
    const first = this.operand();
    const sign = this.take('+') ? 1 : this.take('-') ? -1 : 0;
    const second = sign === 0 ? 0 : this.operand();
    if (first === undefined || typeof second !== 'number') throw missingAttribute();
    if (sign === 0) return first;
    if (typeof first !== 'number') throw missingAttribute();
    return first + sign * second;
  }
}

/** Whether a condition holds for an item; one that is not there is an empty item. */
export function isMet(expression: string | undefined, item: Item, request: Request): boolean {
  if (expression === undefined) return true;
  const evaluator = new Evaluator(expression, item, request);
  const holds = evaluator.condition();
  if (!evaluator.isAtEnd) throw evaluator.unknown();
  return holds;
}

/** Puts a value at a place inside of an item; what it is inside of must be there, as in DynamoDB. */
function write(result: Record<string, unknown>, [name = '', ...inside]: readonly string[], value: unknown): void {
  if (inside.length === 0) {
    result[name] = value;
    return;
  }
  const holder = result[name];
  if (typeof holder !== 'object' || holder === null) throw missingAttribute();
  const changed: Record<string, unknown> = { ...holder };
  write(changed, inside, value);
  result[name] = changed;
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
  const evaluator = new Evaluator(request.UpdateExpression ?? '', item, request);
  const result: Record<string, unknown> = { ...request.Key, ...item };
  while (!evaluator.isAtEnd) {
    const section = evaluator.next();
    do {
      const path = evaluator.path();
      const [name = '', ...inside] = path;
      if (section === 'SET') {
        evaluator.expect('=');
        write(result, path, evaluator.value());
      } else if (inside.length > 0) throw evaluator.unknown(`${section} inside of ${name}`);
      else if (section === 'REMOVE') delete result[name];
      else if (section === 'ADD' || section === 'DELETE') {
        result[name] = changedSet(item[name], evaluator.operand(), section === 'ADD');
      } else throw evaluator.unknown(section);
    } while (evaluator.take(','));
  }
  return result;
}
