import type { Item } from './items.ts';

/** What an expression is about. */
export interface Environment {
  readonly item: Item;
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: Readonly<Record<string, unknown>> | undefined;
}

export type Operand = (environment: Environment) => unknown;

const TOKEN = /\s*(:\w+|#\w+|[A-Za-z_]\w*|<>|<=|>=|[=<>(),.+-])/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(trimmed)?.[1];
    if (token === undefined) throw new Error(`cannot read an expression at ${at}: ${text}`);
    tokens.push(token);
  }
  return tokens;
}

const sizeOf = (value: unknown) =>
  value instanceof Set ? value.size : typeof value === 'string' || Array.isArray(value) ? value.length : undefined;

/** What stands at a place inside of an item. */
const valueAt = (item: Item, path: readonly string[]): unknown =>
  path.reduce((holder: unknown, name) => (holder === undefined ? undefined : Reflect.get(Object(holder), name)), item);

/** Reads the parts that DynamoDB's expressions are made of. */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  end(): void {
    if (!this.isAtEnd()) throw new Error(`the model cannot read the rest of ${this.#text}`);
  }

  next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error(`the expression ends early: ${this.#text}`);
    this.#at += 1;
    return token;
  }

  /** Reads a token if it comes next. */
  take(token: string): boolean {
    if (this.#tokens[this.#at]?.toUpperCase() !== token) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw new Error(`expected ${token} in ${this.#text}`);
  }

  /** The place of an attribute. */
  path(): (environment: Environment) => readonly string[] {
    const tokens = [this.next()];
    while (this.take('.')) tokens.push(this.next());
    return ({ names }) =>
      tokens.map((token) => {
        const name = token.startsWith('#') ? names?.[token] : token;
        if (name === undefined) throw new Error(`no name for ${token}`);
        return name;
      });
  }

  operand(): Operand {
    const token = this.#tokens[this.#at];
    if (token?.startsWith(':')) {
      this.#at += 1;
      return ({ values }) => {
        if (values === undefined || !(token in values)) throw new Error(`no value for ${token}`);
        return values[token];
      };
    }
    const isSize = token === 'size';
    if (isSize) {
      this.#at += 1;
      this.expect('(');
    }
    const path = this.path();
    if (isSize) this.expect(')');
    return (environment) => {
      const value = valueAt(environment.item, path(environment));
      return isSize ? sizeOf(value) : value;
    };
  }

  /** `(a, b, …)` */
  list(): Operand[] {
    const operands: Operand[] = [];
    this.expect('(');
    do operands.push(this.operand());
    while (this.take(','));
    this.expect(')');
    return operands;
  }

  /** A condition that is a function; undefined when something else comes next. */
  functionCall(): ((environment: Environment) => boolean) | undefined {
    const name = this.#tokens[this.#at];
    if (name !== 'attribute_exists' && name !== 'attribute_not_exists' && name !== 'begins_with') return undefined;
    this.#at += 1;
    this.expect('(');
    const path = this.path();
    const prefix = this.take(',') ? this.operand() : undefined;
    this.expect(')');
    return (environment) => {
      const value = valueAt(environment.item, path(environment));
      if (name === 'begins_with') return String(value ?? '').startsWith(String(prefix?.(environment)));
      return (value !== undefined) === (name === 'attribute_exists');
    };
  }
}
