import { MUTANTS } from './mutants/index.ts';
import type { Edit } from './mutants/mutant.ts';

/** Edits that have been made, so that none is forgotten. */
const made = new Set<Edit>();

/** In every run: an invocation has a process of its own here, so there is nothing that an earlier one has left. */
const ALWAYS: readonly Edit[] = [
  { file: 'core/src/execution/refresh-progress', from: 'writtenAt.get(executionArn) ?? 0', to: '0' },
  { file: 'core/src/workflow/admission', from: 'count === undefined || at - count.at >= COUNT_MS', to: 'true' },
  { file: 'generate-tasks/src/contexts', from: 'known !== undefined', to: 'false' },
  // One part of the sparse index is one partition: several would only be more calls that find nothing.
  { file: 'core/src/execution/records', from: 'const SHARDS = 8', to: 'const SHARDS = 1' },
  // Ids are short here.
  { file: 'goals/src/handler', from: '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/', to: '/^g$/' },
];

function editsOf(mutant: string): readonly Edit[] {
  const found = MUTANTS[mutant];
  if (found === undefined) throw new Error(`no mutant ${mutant}`);
  return [found, found.and, found.maskedBy].filter((each) => each !== undefined);
}

const allEdits = (mutant: string | undefined) => [...ALWAYS, ...(mutant === undefined ? [] : editsOf(mutant))];
const isIn = (path: string, { file }: Edit) => path.endsWith(`/lambdas/${file}.ts`);

/**
 * The source of a file of the Lambdas as the explorer runs it.
 * @throws Error when an edit does not fit any more
 */
export function edit(path: string, source: string, mutant: string | undefined): string {
  let edited = source;
  for (const each of allEdits(mutant).filter((one) => isIn(path, one))) {
    const parts = edited.split(each.from);
    if (parts.length !== 2) throw new Error(`an edit does not fit any more: ${each.file} has not once ${each.from}`);
    edited = parts.join(each.to);
    made.add(each);
  }
  return edited;
}

/** @throws Error when an edit was not made, since no Lambda has loaded its file */
export function assertMade(mutant: string | undefined): void {
  const forgotten = allEdits(mutant).filter((each) => !made.has(each));
  if (forgotten.length > 0) throw new Error(`no Lambda has loaded ${forgotten.map(({ file }) => file).join()}`);
}
