/**
 * How long a run takes at least, by requirement 2: batches in order, so many at a time, all actions of a batch at once, a batch
 * ending with its last action.
 * @param latencies of the actions in order, in milliseconds
 * @returns milliseconds
 */
export function limitOf(latencies: readonly number[], { batchSize = 8, batchesAtOnce = 3 } = {}): number {
  const ends = Array.from({ length: batchesAtOnce }, () => 0);
  for (let first = 0; first < latencies.length; first += batchSize) {
    const soonest = ends.indexOf(Math.min(...ends));
    ends[soonest] = (ends[soonest] ?? 0) + Math.max(...latencies.slice(first, first + batchSize));
  }
  return Math.max(...ends);
}
