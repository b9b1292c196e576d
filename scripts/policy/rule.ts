import type { Document, Resource } from './document.ts';

/** What is wrong with a resource. */
export interface Finding {
  readonly resource: Resource;
  readonly what: string;
}

/** One rule over a stack. */
export interface Rule {
  readonly name: string;
  /** Whether an emulator is let off: it lacks what the rule is about. */
  readonly notEmulated?: boolean;
  readonly check: (document: Document) => readonly Finding[];
}

/** The resources that do not hold, each with the same words. */
export function failing(
  resources: readonly Resource[],
  holds: (resource: Resource) => boolean,
  what: string,
): readonly Finding[] {
  return resources.filter((resource) => !holds(resource)).map((resource) => ({ resource, what }));
}
