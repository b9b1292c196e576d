import type { Edit } from './edits.ts';

export interface Mutant {
  readonly edits: readonly Edit[];
}

export const MUTANTS: Readonly<Record<string, Mutant>> = {};
