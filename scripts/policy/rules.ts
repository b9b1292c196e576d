import { ACCESS_RULES } from './access.ts';
import { DATA_RULES } from './data.ts';
import type { Document } from './document.ts';
import { OPERATION_RULES } from './operations.ts';
import type { Rule } from './rule.ts';

/** Every rule, in the order in which violations are printed. */
export const RULES: readonly Rule[] = [...DATA_RULES, ...ACCESS_RULES, ...OPERATION_RULES];

/** The rules that a stack must keep. */
export function rulesFor({ emulated }: Document): readonly Rule[] {
  return RULES.filter(({ notEmulated }) => !(emulated && notEmulated === true));
}

/**
 * Checks a stack against every rule.
 * @returns the violations as `rule: resource: what`
 */
export function violationsOf(document: Document): readonly string[] {
  return rulesFor(document).flatMap(({ name, check }) =>
    check(document).map(({ resource, what }) => `${name}: ${resource.address}: ${what}`),
  );
}
