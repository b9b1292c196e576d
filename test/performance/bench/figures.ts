import { quantile } from '../../../scripts/simulate/table.ts';

/** What `make bench` measured: a row of the table in docs/performance.md. */
export interface Figure {
  /** What was measured, in words for a reader, such as `64 actions at 1 s, start to end`. */
  readonly what: string;
  /** What it is compared with: a limit or a twin of the same run, in words, such as `3.000 s`. */
  readonly limit: string;
  /** What was measured, as it is printed: medians with their units, such as `3.18 s`. */
  readonly measured: string;
  /** The figure that is judged: as a rule a ratio to the limit or the twin. */
  readonly value: number;
  /** The most that `value` may be; left out where the row only informs. */
  readonly mustReach?: number;
  /** Single measurements and whatever else belongs in the JSON file. */
  readonly details?: unknown;
}

/** How thoroughly to measure. */
export interface Effort {
  /** Under a minute for all parts together: whether the bench works, not what it shows. */
  readonly isQuick: boolean;
  /** Measurements whose median counts: 5, or 1 when it must be quick. */
  readonly times: number;
  /** Says how far a long measurement is, such as `run 3 of 5`. */
  progress(text: string): void;
}

/** A part of the bench, with stacks and folders of its own, which are gone afterwards. */
export interface Part {
  /** Selects it: `make bench PARTS=runs,status`. */
  readonly name: string;
  measure(effort: Effort): Promise<readonly Figure[]>;
}

/** @throws RangeError without values */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * The value that a share of the values does not exceed (nearest rank; of an even number, the median is the lower one).
 * @param share such as 0.99
 * @throws RangeError without values
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('nothing was measured');
  return quantile(values, share);
}
