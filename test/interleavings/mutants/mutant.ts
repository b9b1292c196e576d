import type { Bounds } from '../world/bounds.ts';

/** A change of the Lambdas' source on loading. */
export interface Edit {
  /** Under lambdas/, without its ending. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A fault in the Lambdas' code, and where the explorer is to find it. */
export interface Mutant extends Edit {
  /** What is changed with it. */
  readonly and?: Edit;
  readonly scenario: string;
  /** Where they differ from those of the scenario. */
  readonly bounds?: Partial<Bounds>;
  /** The rule that it breaks. */
  readonly breaks: string;
  /** By itself it breaks nothing: this is what holds then. Without that too, it is found. */
  readonly maskedBy?: Edit & { readonly barrier: string };
  /** One whose barrier holds, so that it is not to be found. */
  readonly isMasked?: boolean;
}
