import { AwsError } from './aws-errors.ts';
import { canonical, type Item } from './items.ts';
import { type Environment, type Operand, TokenReader } from './tokens.ts';

/** DynamoDB's condition expressions, as far as this project writes them; anything else is an error. */
export type Condition = (environment: Environment) => boolean;

const isEqual = (a: unknown, b: unknown) =>
  a === b || (typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b));

/** Below zero, zero or above; undefined for what cannot be compared, as an attribute that is not there. */
function compare(a: unknown, b: unknown): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return undefined;
}

const holdsFor: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function either(reader: TokenReader): Condition {
  const parts = [both(reader)];
  while (reader.take('OR')) parts.push(both(reader));
  return (environment) => parts.some((part) => part(environment));
}

function both(reader: TokenReader): Condition {
  const parts = [single(reader)];
  while (reader.take('AND')) parts.push(single(reader));
  return (environment) => parts.every((part) => part(environment));
}

function single(reader: TokenReader): Condition {
  if (reader.take('NOT')) {
    const inner = single(reader);
    return (environment) => !inner(environment);
  }
  if (reader.take('(')) {
    const inner = either(reader);
    reader.expect(')');
    return inner;
  }
  return reader.functionCall() ?? comparison(reader);
}

function comparison(reader: TokenReader): Condition {
  const left = reader.operand();
  if (reader.take('BETWEEN')) {
    const low = reader.operand();
    reader.expect('AND');
    const high = reader.operand();
    return (environment) => {
      const value = left(environment);
      return (compare(value, low(environment)) ?? -1) >= 0 && (compare(value, high(environment)) ?? 1) <= 0;
    };
  }
  if (reader.take('IN')) {
    const values = reader.list();
    return (environment) => values.some((value) => isEqual(left(environment), value(environment)));
  }
  return relation(left, reader.next(), reader.operand());
}

function relation(left: Operand, operator: string, right: Operand): Condition {
  if (operator === '=') return (environment) => isEqual(left(environment), right(environment));
  // An attribute that is not there differs from everything.
  if (operator === '<>') return (environment) => !isEqual(left(environment), right(environment));
  const holds = holdsFor[operator];
  if (holds === undefined) throw new Error(`the model does not know the operator ${operator}`);
  return (environment) => {
    const order = compare(left(environment), right(environment));
    return order !== undefined && holds(order);
  };
}

const conditions = new Map<string, Condition>();

/** Whether a condition holds for an item; one that is not there is an empty item. */
export function isMet(expression: string | undefined, environment: Environment): boolean {
  if (expression === undefined) return true;
  let condition = conditions.get(expression);
  if (condition === undefined) {
    const reader = new TokenReader(expression);
    condition = either(reader);
    reader.end();
    conditions.set(expression, condition);
  }
  return condition(environment);
}

type Step = (environment: Environment, result: Record<string, unknown>) => void;

function setStep(reader: TokenReader): Step {
  const path = reader.path();
  reader.expect('=');
  const first = reader.operand();
  const sign = reader.take('+') ? 1 : reader.take('-') ? -1 : 0;
  const second = sign === 0 ? undefined : reader.operand();
  return (environment, result) => {
    let value = first(environment);
    if (second !== undefined) {
      const other = second(environment);
      if (typeof value !== 'number' || typeof other !== 'number') throw missingAttribute();
      value += sign * other;
    }
    if (value === undefined) throw missingAttribute();
    write(result, path(environment), value);
  };
}

const missingAttribute = () =>
  new AwsError('ValidationException', 'The provided expression refers to an attribute that does not exist in the item');

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

function removeStep(reader: TokenReader): Step {
  const path = reader.path();
  return (environment, result) => {
    delete result[path(environment).join('.')];
  };
}

/** ADD and DELETE of elements of a set. */
function setOfStep(reader: TokenReader, isAdded: boolean): Step {
  const path = reader.path();
  const given = reader.operand();
  return (environment, result) => {
    const name = path(environment).join('.');
    const [before, changes] = [environment.item[name], given(environment)];
    if (!(changes instanceof Set)) throw new Error('the model knows ADD and DELETE of sets alone');
    const after = new Set<unknown>(before instanceof Set ? before : []);
    for (const each of changes) {
      if (isAdded) after.add(each);
      else after.delete(each);
    }
    if (after.size === 0) delete result[name];
    else result[name] = after;
  };
}

function readUpdate(expression: string): Step[] {
  const reader = new TokenReader(expression);
  const steps: Step[] = [];
  while (!reader.isAtEnd()) {
    const section = reader.next().toUpperCase();
    do {
      if (section === 'SET') steps.push(setStep(reader));
      else if (section === 'REMOVE') steps.push(removeStep(reader));
      else if (section === 'ADD' || section === 'DELETE') steps.push(setOfStep(reader, section === 'ADD'));
      else throw new Error(`the model does not know ${section} of ${expression}`);
    } while (reader.take(','));
  }
  return steps;
}

const updates = new Map<string, Step[]>();

/** What an update expression makes of an item. */
export function updated(expression: string, environment: Environment): Item {
  let steps = updates.get(expression);
  if (steps === undefined) {
    steps = readUpdate(expression);
    updates.set(expression, steps);
  }
  const result: Record<string, unknown> = { ...environment.item };
  for (const step of steps) step(environment, result);
  return result;
}
