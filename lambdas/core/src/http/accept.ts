/** How well a media range fits a type: 2 wholly, 1 by its first part, 0 by the range of all types; undefined where it does not fit. */
function fitOf(range: string, type: string): number | undefined {
  if (range === type) return 2;
  if (range === `${type.split('/', 1)[0]}/*`) return 1;
  return range === '*/*' ? 0 : undefined;
}

/** How much a header wants a type, from 0 to 1: what its best fitting range says (RFC 9110, 12.5.1). */
function qualityOf(header: string, type: string): number {
  const ranges = header.split(',').map((each) => {
    const [range = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((parameter) => /^q *=/.test(parameter))?.replace(/^q *=/, '') ?? 1);
    return { fit: fitOf(range, type), weight: weight >= 0 && weight <= 1 ? weight : 0 };
  });
  const best = Math.max(...ranges.map(({ fit = -1 }) => fit));
  return Math.max(0, ...ranges.filter(({ fit }) => fit === best && best >= 0).map(({ weight }) => weight));
}

/**
 * The type to answer with: the one that `Accept` wants most, and the first of those that it wants alike. The first one too
 * when it wants none: a client that can read no answer is not helped by an error that it cannot read either.
 * @param header undefined when it was not sent
 * @param types that can be answered with, in lower case
 */
export function preferredType<Type extends string>(
  header: string | undefined,
  types: readonly [Type, ...Type[]],
): Type {
  const [first] = types;
  if (header === undefined || header.trim() === '') return first;
  return types.reduce((best, type) => (qualityOf(header, type) > qualityOf(header, best) ? type : best), first);
}
