import { ACCESS_CHECKS, type Finding, policyFindings } from './access-checks.ts';
import { DATA_CHECKS } from './data-checks.ts';
import { type Document, ofType } from './document.ts';
import { OPERATION_CHECKS } from './operation-checks.ts';

/** Every check of a resource by itself; policies are checked statement by statement. */
export const CHECKS = [...DATA_CHECKS, ...ACCESS_CHECKS, ...OPERATION_CHECKS];

/** Names of the rules. */
export const RULES: ReadonlySet<string> = new Set(CHECKS.map(({ rule }) => rule));

/**
 * Checks a stack against every rule.
 * @returns the violations as `rule: resource: what`
 */
export function violationsOf(document: Document): readonly string[] {
  const findings = CHECKS.filter(({ notEmulated }) => !(document.emulated && notEmulated)).flatMap(
    ({ rule, types, holds, otherwise }): Finding[] =>
      ofType(document, ...types)
        .filter((resource) => !holds(resource, document))
        .map((resource) => ({ rule, resource, what: otherwise })),
  );
  return [...findings, ...policyFindings(document)].map(
    ({ rule, resource, what }) => `${rule}: ${resource.address}: ${what}`,
  );
}
