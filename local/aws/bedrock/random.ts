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

/**
 * Numbers in [0, 1) one after the other, the same for the same seed: for whoever draws millions, for which a digest each takes too
 * long (mulberry32, by Tommy Ettinger; in the public domain).
 */
export function sequence(seed: string): () => number {
  let state = uniformInteger(0, 2 ** 32 - 1, seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
