/** A metric math expression that cannot be used; the message says where and why. */
export class ExpressionError extends Error {
  readonly code = 'invalid_expression';
}

/** A datapoint's value: undefined where there is none. */
export type Value = number | undefined;

/** A metric math expression, ready to be computed for one datapoint after the other. */
export interface Expression {
  /** The ids that it refers to. */
  readonly ids: ReadonlySet<string>;
  /** Its value where the ids have those values. */
  compute(lookUp: (id: string) => Value): Value;
}

type Node = (lookUp: (id: string) => Value) => Value;
/** A list such as `[m1, m2]`, which only SUM and MAX take. */
type List = readonly Node[];
type Binary = (left: number, right: number) => number;

const truth = (is: boolean) => (is ? 1 : 0);

/** From those that bind least to those that bind most. */
const LEVELS: readonly Readonly<Record<string, Binary>>[] = [
  { '||': (left, right) => truth(left !== 0 || right !== 0), OR: (left, right) => truth(left !== 0 || right !== 0) },
  { '&&': (left, right) => truth(left !== 0 && right !== 0), AND: (left, right) => truth(left !== 0 && right !== 0) },
  {
    '==': (left, right) => truth(left === right),
    '!=': (left, right) => truth(left !== right),
    '<=': (left, right) => truth(left <= right),
    '>=': (left, right) => truth(left >= right),
    '<': (left, right) => truth(left < right),
    '>': (left, right) => truth(left > right),
  },
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  { '*': (left, right) => left * right, '/': (left, right) => left / right },
];

const FUNCTIONS: ReadonlySet<string> = new Set(['FILL', 'IF', 'MAX', 'SUM']);
const TOKEN = /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z]\w*)|(?<sign>\|\||&&|==|!=|<=|>=|[-+*/<>()[\],]))/y;

/**
 * Reads a metric math expression: IF, SUM and MAX of lists, FILL with a number, `+ - * /`, comparisons, AND and OR,
 * parentheses, numbers and ids. A datapoint that lacks a value has no result, except in FILL, and in SUM and MAX,
 * which leave out what lacks one; a division by zero has no result either.
 * Source: CloudWatch guide, "Using math expressions with CloudWatch metrics".
 * @throws ExpressionError for anything else of metric math, by its name
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text);
  const node = parser.whole();
  return {
    ids: parser.ids,
    compute(lookUp) {
      const value = node(lookUp);
      return value === undefined || Number.isFinite(value) ? value : undefined;
    },
  };
}

class Parser {
  readonly ids = new Set<string>();
  readonly #text: string;
  #tokens: readonly string[];

  constructor(text: string) {
    this.#text = text;
    this.#tokens = this.#split(text);
  }

  whole(): Node {
    const node = this.#binary(0);
    if (this.#next() !== undefined) throw this.#error(`"${this.#next()}" is not expected there`);
    return node;
  }

  #split(text: string): string[] {
    const tokens: string[] = [];
    const token = new RegExp(TOKEN);
    while (token.lastIndex < text.trimEnd().length) {
      const at = token.lastIndex;
      const found = token.exec(text)?.[0].trim();
      if (found === undefined) throw this.#error(`"${text.slice(at).trim()}" cannot be read`);
      tokens.push(found);
    }
    return tokens;
  }

  #binary(level: number): Node {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#next();
      const compute = token !== undefined && Object.hasOwn(operators, token) ? operators[token] : undefined;
      if (compute === undefined) return left;
      this.#take();
      left = combine(compute, left, this.#binary(level + 1));
    }
  }

  #unary(): Node {
    if (this.#next() !== '-') return this.#operand();
    this.#take();
    const operand = this.#unary();
    return combine(
      (left, right) => left - right,
      () => 0,
      operand,
    );
  }

  #operand(): Node {
    const token = this.#take();
    if (token === '(') {
      const inner = this.#binary(0);
      this.#expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (FUNCTIONS.has(token)) return this.#call(token);
    // Ids begin with a small letter, functions are in capitals.
    if (!/^[a-z]/.test(token)) throw this.#error(`the local CloudWatch does not know ${token}`);
    this.ids.add(token);
    return (lookUp) => lookUp(token);
  }

  #call(name: string): Node {
    this.#expect('(');
    if (name === 'SUM' || name === 'MAX') {
      const list = this.#list(name);
      this.#expect(')');
      return name === 'SUM' ? reduce((left, right) => left + right, list) : reduce(Math.max, list);
    }
    const first = this.#binary(0);
    this.#expect(',');
    const second = this.#binary(0);
    if (name === 'FILL') {
      this.#expect(')');
      return (lookUp) => first(lookUp) ?? second(lookUp);
    }
    this.#expect(',');
    const third = this.#binary(0);
    this.#expect(')');
    return (lookUp) => {
      const condition = first(lookUp);
      return condition === undefined ? undefined : (condition === 0 ? third : second)(lookUp);
    };
  }

  #list(name: string): List {
    if (this.#next() !== '[') throw this.#error(`${name} takes a list such as [m1, m2]`);
    const items: Node[] = [];
    do {
      this.#take();
      items.push(this.#binary(0));
    } while (this.#next() === ',');
    this.#expect(']');
    return items;
  }

  #next(): string | undefined {
    return this.#tokens[0];
  }

  #take(): string {
    const [token, ...others] = this.#tokens;
    if (token === undefined) throw this.#error('it ends too early');
    this.#tokens = others;
    return token;
  }

  #expect(wanted: string): void {
    const token = this.#take();
    if (token !== wanted) throw this.#error(`"${wanted}" is expected where "${token}" stands`);
  }

  #error(why: string): ExpressionError {
    return new ExpressionError(`The expression ${this.#text} cannot be used: ${why}`);
  }
}

function combine(compute: Binary, left: Node, right: Node): Node {
  return (lookUp) => {
    const [one, other] = [left(lookUp), right(lookUp)];
    if (one === undefined || other === undefined) return undefined;
    const value = compute(one, other);
    return Number.isFinite(value) ? value : undefined;
  };
}

function reduce(compute: Binary, list: List): Node {
  return (lookUp) => {
    const present = list.map((item) => item(lookUp)).filter((value) => value !== undefined);
    return present.length === 0 ? undefined : present.reduce((left, right) => compute(left, right));
  };
}
