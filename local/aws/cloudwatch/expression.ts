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

type Node = Expression['compute'];
type Binary = (left: number, right: number) => number;

/** From those that bind least to those that bind most. */
const LEVELS: readonly Readonly<Record<string, Binary>>[] = [
  {
    '<=': (left, right) => Number(left <= right),
    '>=': (left, right) => Number(left >= right),
    '<': (left, right) => Number(left < right),
    '>': (left, right) => Number(left > right),
  },
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  { '*': (left, right) => left * right, '/': (left, right) => left / right },
];

/** How many arguments each has, and what it makes of them. */
const FUNCTIONS: Readonly<Record<string, (...nodes: [Node, Node, Node]) => Node>> = {
  FILL: (metric, filling) => (lookUp) => metric(lookUp) ?? filling(lookUp),
  IF: (condition, yes, no) => (lookUp) => {
    const value = condition(lookUp);
    return value === undefined ? undefined : (value === 0 ? no : yes)(lookUp);
  },
};
const ARGUMENTS: Readonly<Record<string, number>> = { FILL: 2, IF: 3 };

/**
 * Reads a metric math expression: IF, FILL with a number, `+ - * /`, comparisons, parentheses, numbers and ids. A
 * datapoint that lacks a value has no result, except in FILL; a division by zero has no result either.
 * Source: CloudWatch guide, "Using math expressions with CloudWatch metrics".
 * @throws ExpressionError for anything else of metric math, by its name
 */
export function parseExpression(text: string): Expression {
  const fail = (why: string) => new ExpressionError(`The expression ${text} cannot be used: ${why}`);
  const tokens = text.match(/\d+(?:\.\d+)?|[A-Za-z]\w*|<=|>=|\S/g) ?? [];
  const ids = new Set<string>();

  function take(wanted?: string): string {
    const token = tokens.shift();
    if (token === undefined) throw fail('it ends too early');
    if (wanted !== undefined && token !== wanted) throw fail(`"${wanted}" is expected where "${token}" stands`);
    return token;
  }

  function binary(level: number): Node {
    const operators = LEVELS[level];
    if (operators === undefined) return operand();
    let left = binary(level + 1);
    for (;;) {
      const compute = Object.hasOwn(operators, tokens[0] ?? '') ? operators[tokens[0] ?? ''] : undefined;
      if (compute === undefined) return left;
      take();
      left = combine(compute, left, binary(level + 1));
    }
  }

  function operand(): Node {
    const token = take();
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (Object.hasOwn(FUNCTIONS, token)) return call(token);
    // Ids begin with a small letter, functions are in capitals.
    if (!/^[a-z]/.test(token)) throw fail(`the local CloudWatch does not know ${token}`);
    ids.add(token);
    return (lookUp) => lookUp(token);
  }

  function call(name: string): Node {
    const next = (index: number) => {
      take(index === 0 ? '(' : ',');
      return binary(0);
    };
    const nodes = Array.from({ length: ARGUMENTS[name] ?? 0 }, (_, index) => next(index));
    take(')');
    const nothing: Node = () => undefined;
    const [first = nothing, second = nothing, third = nothing] = nodes;
    return FUNCTIONS[name]?.(first, second, third) ?? nothing;
  }

  const compute = binary(0);
  if (tokens.length > 0) throw fail(`"${tokens[0]}" is not expected there`);
  return { ids, compute };
}

function combine(compute: Binary, left: Node, right: Node): Node {
  return (lookUp) => {
    const [one, other] = [left(lookUp), right(lookUp)];
    if (one === undefined || other === undefined) return undefined;
    const value = compute(one, other);
    return Number.isFinite(value) ? value : undefined;
  };
}
