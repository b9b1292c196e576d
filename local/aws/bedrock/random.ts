import { createHash } from 'node:crypto';

/** A number in [0, 1) that follows from `parts` alone, the same on every machine. */
export function uniform(...parts: readonly (string | number)[]): number {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** A whole number from `minimum` to `maximum`, both included, that follows from `parts` alone. */
export function uniformInteger(minimum: number, maximum: number, ...parts: readonly (string | number)[]): number {
  return minimum + Math.floor(uniform(...parts) * (maximum - minimum + 1));
}

/** `count` different items of `items` (all of them if there are fewer), in their original order. */
export function choose<Item>(items: readonly Item[], count: number, ...parts: readonly (string | number)[]): Item[] {
  return items
    .map((item, index) => ({ item, index, rank: uniform(...parts, index) }))
    .sort((left, right) => left.rank - right.rank)
    .slice(0, count)
    .sort((left, right) => left.index - right.index)
    .map(({ item }) => item);
}
