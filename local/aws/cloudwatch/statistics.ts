/** A metric's values in a stretch of time: how often each one came. */
export type Values = ReadonlyMap<number, number>;

const SIMPLE: Readonly<Record<string, (values: Values) => number>> = {
  Average: (values) => sumOf(values) / countOf(values),
  Maximum: (values) => Math.max(...values.keys()),
  Minimum: (values) => Math.min(...values.keys()),
  SampleCount: countOf,
  Sum: sumOf,
};

function countOf(values: Values): number {
  return [...values.values()].reduce((sum, count) => sum + count, 0);
}

function sumOf(values: Values): number {
  return [...values].reduce((sum, [value, count]) => sum + value * count, 0);
}

const PERCENTILE = /^p(?<percent>\d{1,2}(?:\.\d{1,10})?|100)$/;

/** Says whether {@link statistic} knows a statistic of this name. */
export const isStatistic = (name: string): boolean => Object.hasOwn(SIMPLE, name) || PERCENTILE.test(name);

/**
 * A statistic of values; undefined when there are none.
 * @param name `Average`, `Maximum`, `Minimum`, `SampleCount`, `Sum`, or a percentile such as `p99` or `p99.9`
 * @throws Error for a name that {@link isStatistic} does not know
 */
export function statistic(name: string, values: Values): number | undefined {
  const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
  const percent = PERCENTILE.exec(name)?.groups?.percent;
  if (simple === undefined && percent === undefined) throw new Error(`The local CloudWatch knows no statistic ${name}`);
  if (values.size === 0) return undefined;
  return simple === undefined ? percentile(Number(percent), values) : simple(values);
}

/** The smallest value that at least so many percent of the values are not above. */
function percentile(percent: number, values: Values): number | undefined {
  const wanted = (percent / 100) * countOf(values);
  let seen = 0;
  const ascending = [...values].sort(([one], [other]) => one - other);
  const found = ascending.find(([, count]) => {
    seen += count;
    return seen >= wanted;
  });
  return (found ?? ascending.at(-1))?.[0];
}
