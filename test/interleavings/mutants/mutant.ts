import type { Bounds } from '../world/bounds.ts';

/** A change of the Lambdas' source on loading. */
export interface Edit {
  /** Under lambdas/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A fault in the Lambdas' code, and where the explorer is to find it. */
export interface Mutant {
  readonly edits: readonly Edit[];
  readonly scenario: string;
  /** Where they differ from those of the scenario. */
  readonly bounds?: Partial<Bounds>;
  /** The rule that it breaks. */
  readonly breaks: string;
  /** By itself it breaks nothing: this is what holds then. Without that too, it is found. */
  readonly maskedBy?: { readonly barrier: string; readonly edits: readonly Edit[] };
  /** One whose barrier holds, so that it is not to be found. */
  readonly isMasked?: boolean;
}

/** An edit of what the Lambdas share. */
export const core = (name: string, from: string, to: string): Edit => ({ file: `core/src/${name}.ts`, from, to });
