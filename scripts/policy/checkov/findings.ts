import { type Document, field } from '../document.ts';
import { ACCEPTED, type AcceptedFinding } from './accepted.ts';

/** A check of checkov that a resource fails. */
export interface Finding {
  /** Name of the stack, such as `goal-activity-prod`. */
  readonly stack: string;
  /** Such as `CKV_AWS_18`. */
  readonly check: string;
  /** What it asks for, in checkov's words. */
  readonly title: string;
  /** `<type>.<name>`, as Terraform writes it. */
  readonly resource: string;
}

/** What checkov cannot read of a stack's Terraform JSON, and no check looks at: `required_version` makes it give up the file. */
const UNREADABLE_BLOCKS: readonly string[] = ['terraform', 'output'];

/** The Terraform JSON of a stack as checkov reads it. */
export function readableJson(text: string): string {
  const blocks = Object.entries(Object(JSON.parse(text)));
  return JSON.stringify(Object.fromEntries(blocks.filter(([name]) => !UNREADABLE_BLOCKS.includes(name))));
}

/**
 * Reads what checkov prints with `--output json` for one stack.
 * @throws Error when it is no such report, could not read the stack, or checked nothing
 */
export function findingsOf(stack: string, { resources }: Document, report: unknown): readonly Finding[] {
  const summary = field(report, 'summary');
  const failed = field(field(report, 'results'), 'failed_checks');
  // Of a file that it cannot read, checkov says so here alone and ends well.
  if (field(summary, 'parsing_errors') !== 0) throw new Error(`checkov could not read ${stack}`);
  if (!Array.isArray(failed) || !(Number(field(summary, 'passed')) > 0))
    throw new Error(`checkov checked nothing of ${stack}`);
  return failed.map((each) => {
    const [, name] = String(field(each, 'resource')).split('.');
    // Half of the checks name the resource `resource.<name>`; names are made from paths, so they are of one resource each.
    const named = resources.filter(({ address }) => address.endsWith(`.${name}`));
    const types = named.length === 1 ? named : named.filter(({ address }) => address === field(each, 'resource'));
    const resource = types[0]?.address ?? String(field(each, 'resource'));
    return { stack, check: String(field(each, 'check_id')), title: String(field(each, 'check_name')), resource };
  });
}

const covers = ({ check, on }: AcceptedFinding, finding: Finding) =>
  check === finding.check && on.test(finding.resource);

/** The findings that nobody accepted, and what was accepted but is not found in any stack. */
export function judge(findings: readonly Finding[], accepted: readonly AcceptedFinding[] = ACCEPTED) {
  return {
    open: findings.filter((finding) => !accepted.some((each) => covers(each, finding))),
    stale: accepted.filter((each) => !findings.some((finding) => covers(each, finding))),
  };
}
