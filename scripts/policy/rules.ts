import { ACCESS_CHECKS, policyViolations } from './access-checks.ts';
import { DATA_CHECKS } from './data-checks.ts';
import { type Document, ofType } from './document.ts';
import { OPERATION_CHECKS } from './operation-checks.ts';
import { violation } from './rule.ts';

/** Every check of a resource by itself; policies are checked statement by statement. */
export const CHECKS = [...DATA_CHECKS, ...ACCESS_CHECKS, ...OPERATION_CHECKS];

/** Names of the rules. */
export const RULES: ReadonlySet<string> = new Set(CHECKS.map(({ rule }) => rule));

/**
 * Checks a stack against every rule.
 * @returns the violations as `rule: resource: what`
 */
export function violationsOf(document: Document): readonly string[] {
  const checked = CHECKS.filter(({ notEmulated }) => !(document.emulated && notEmulated));
  const ofResources = checked.flatMap(({ rule, types, holds, otherwise }) =>
    ofType(document, ...types)
      .filter((resource) => !holds(resource, document))
      .map((resource) => violation(rule, resource, otherwise)),
  );
  return [...ofResources, ...policyViolations(document)];
}
