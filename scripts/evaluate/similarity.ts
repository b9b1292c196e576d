/** Letters and digits alone, in the same width and case. */
const plain = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

function pairsOf(text: string): Map<string, number> {
  const characters = Array.from(plain(text));
  const pairs = new Map<string, number>();
  for (const [index, character] of characters.entries()) {
    const next = characters[index + 1];
    if (next !== undefined) pairs.set(character + next, (pairs.get(character + next) ?? 0) + 1);
  }
  return pairs;
}

/**
 * Dice's coefficient of the pairs of characters that two texts have: 1 for the same letters in the same order, 0 for no pair in
 * common. It needs no words, so it is good for Japanese as well. (L. R. Dice, "Measures of the Amount of Ecologic Association
 * Between Species", Ecology 26, 1945.)
 */
export function similarity(one: string, other: string): number {
  const [left, right] = [pairsOf(one), pairsOf(other)];
  const sum = (pairs: Map<string, number>) => [...pairs.values()].reduce((total, count) => total + count, 0);
  const total = sum(left) + sum(right);
  if (total === 0) return plain(one) === plain(other) ? 1 : 0;
  const common = [...left].reduce((found, [pair, count]) => found + Math.min(count, right.get(pair) ?? 0), 0);
  return (2 * common) / total;
}
