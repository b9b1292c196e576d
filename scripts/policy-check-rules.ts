import { ACCESS_RULES } from './policy-check-access.ts';
import { DATA_RULES } from './policy-check-data.ts';
import type { Document } from './policy-check-document.ts';
import { OPERATION_RULES } from './policy-check-operations.ts';
import type { Rule } from './policy-check-rule.ts';

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
