import { MUTANTS } from './mutants/index.ts';
import type { Edit } from './mutants/mutant.ts';

/** Edits that have been made, so that none is forgotten. */
const made = new Set<Edit>();

const invocation = new URL('./stand-ins/invocation.ts', import.meta.url).href;

/** What a process of a Lambda remembers from one invocation to the next: here every invocation has a process of its own. */
const PROCESS_MEMORY: readonly Edit[] = [
  {
    file: 'core/src/execution/refresh-progress.ts',
    from: "import { bestEffort } from '../aws/best-effort.ts';",
    to: `import { processMap } from '${invocation}';\nimport { bestEffort } from '../aws/best-effort.ts';`,
  },
  {
    file: 'core/src/execution/refresh-progress.ts',
    from: 'new Map<string, number>()',
    to: 'processMap<string, number>()',
  },
];

function editsOf(mutant: string | undefined): readonly Edit[] {
  if (mutant === undefined) return PROCESS_MEMORY;
  const found = MUTANTS[mutant];
  if (found === undefined) throw new Error(`no mutant ${mutant}`);
  return [...PROCESS_MEMORY, ...found.edits, ...(found.maskedBy?.edits ?? [])];
}

/**
 * The source of a file of the Lambdas as the explorer runs it.
 * @throws Error when an edit does not fit any more
 */
export function edit(path: string, source: string, mutant: string | undefined): string {
  let edited = source;
  for (const each of editsOf(mutant)) {
    if (!path.endsWith(`/lambdas/${each.file}`)) continue;
    const parts = edited.split(each.from);
    if (parts.length !== 2) throw new Error(`an edit does not fit any more: ${each.file} has not once ${each.from}`);
    edited = parts.join(each.to);
    made.add(each);
  }
  return edited;
}

/** @throws Error when an edit was not made, since no Lambda has loaded its file */
export function assertMade(mutant: string | undefined): void {
  const forgotten = editsOf(mutant).filter((each) => !made.has(each));
  if (forgotten.length > 0) throw new Error(`no Lambda has loaded ${forgotten.map(({ file }) => file).join()}`);
}
