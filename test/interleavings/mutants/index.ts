import { ARCHIVE } from './archive.ts';
import { BARRIERS } from './barriers.ts';
import { GOALS } from './goals.ts';
import { MENDS } from './mends.ts';
import type { Mutant } from './mutant.ts';
import { PERSONS } from './persons.ts';

const isMasked = true;
/** Each that is masked, with what masks it. */
const MASKED = Object.entries({ ...BARRIERS, ...ARCHIVE }).flatMap(([name, { maskedBy, ...mutant }]) =>
  maskedBy === undefined ? [] : [[`${name} (masked: ${maskedBy.barrier})`, { ...mutant, isMasked }] as const],
);

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  ...BARRIERS,
  ...ARCHIVE,
  ...GOALS,
  ...MENDS,
  ...PERSONS,
  ...Object.fromEntries(MASKED),
};
