/** A metric math expression that cannot be used; the message says why. */
export class ExpressionError extends Error {
  readonly code = 'invalid_expression';
}

/** A datapoint's value: undefined where there is none. */
export type Value = number | undefined;

/** A metric math expression, ready to be computed for one datapoint after the other. */
export type Expression = ReturnType<typeof parseExpression>;

/** A value that is missing is NaN: arithmetic with it gives NaN, a comparison false. */
const FILL = (metric: number, filling: number) => (Number.isNaN(metric) ? filling : metric);
const IF = (condition: unknown, yes: number, no: number) => (condition ? yes : no);

/** Ids begin with a small letter, functions are in capitals. */
const TOKENS = /[a-z]\w*|(?:FILL|IF)(?=\()|\d+(?:\.\d+)?|[<>]=?|[-+*/](?!\s*[-+*/])|[(), ]/g;

/**
 * Reads a metric math expression: IF, FILL with a number, `+ - * /`, comparisons, parentheses, numbers and ids, all of
 * which mean the same in JavaScript. A datapoint that lacks a value has no result, except in FILL and by a comparison, where
 * AWS's may have one: see local/features.md. A division by zero has none either. Source: CloudWatch guide, "Using math
 * expressions with CloudWatch metrics".
 * @throws ExpressionError for anything else of metric math
 */
export function parseExpression(text: string) {
  const fail = (why: string) => new ExpressionError(`The expression ${text} cannot be used: ${why}`);
  const unknown = text.replace(TOKENS, '');
  if (unknown !== '') throw fail(`the local CloudWatch does not know ${unknown}`);
  const ids = new Set(text.match(/\b[a-z]\w*/g));
  try {
    // It can reach nothing but these parameters: each name in it is one.
    const evaluate = new Function('FILL', 'IF', ...ids, `return (${text})`);
    return {
      /** Those that it refers to. */
      ids,
      /** Its value where the ids have those values. */
      compute(lookUp: (id: string) => Value): Value {
        const value = Number(evaluate(FILL, IF, ...Array.from(ids, (id) => lookUp(id) ?? Number.NaN)));
        return Number.isFinite(value) ? value : undefined;
      },
    };
  } catch (error) {
    throw fail(String(error));
  }
}
