import { type Document, type Resource, referencesIn } from './document.ts';

/** What each resource of some types must be. */
export interface Check {
  /** The rule that it is a part of. */
  readonly rule: string;
  /** Types of the resources that it is about. */
  readonly types: readonly string[];
  /** Whether the resource is as it must be. */
  readonly holds: (resource: Resource, document: Document) => boolean;
  /** What is wrong with a resource that is not. */
  readonly otherwise: string;
  /** Whether an emulator is let off: it lacks what the check is about. */
  readonly notEmulated: boolean;
}

/** What is wrong with a resource, as it is told. */
export const violation = (rule: string, { address }: Resource, what: string) => `${rule}: ${address}: ${what}`;

/** A check of every resource of a type, or of some types. */
export function each(rule: string, types: string | readonly string[], otherwise: string, holds: Check['holds']): Check {
  return { rule, types: [types].flat(), otherwise, holds, notEmulated: false };
}

/** The same, of what an emulator lacks. */
export function inAws(...check: Parameters<typeof each>): Check {
  return { ...each(...check), notEmulated: true };
}

/** The resources of a type that say something about another, which their argument refers to. */
export function about(document: Document, type: string, argument: string, { address }: Resource): readonly Resource[] {
  return document.resources.filter((of) => of.type === type && referencesIn(of.of[argument]).includes(address));
}
