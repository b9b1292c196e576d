/**
 * `node scripts/policy/check.ts [stage ...]`: checks the synthesized Terraform JSON of the stages, of all that are there
 * when none is named. Prints each violation as `rule: resource: what` and then ends with 1.
 * POLICY_CHECK_FOLDER is the folder that synth wrote to, `cdktf.out` beside the Makefile unless told.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from './document.ts';
import { RULES, violationsOf } from './rules.ts';

const folder = join(process.env.POLICY_CHECK_FOLDER ?? join(import.meta.dirname, '..', '..', 'cdktf.out'), 'stacks');

/** The stacks of a stage are the folders whose name ends with it. */
function stacksOf(stage: string | undefined): readonly string[] {
  const there = existsSync(folder) ? readdirSync(folder).sort() : [];
  const found = there.filter((name) => stage === undefined || name.endsWith(`-${stage}`));
  if (found.length === 0) throw new Error(`nothing synthesized in ${folder}: run make synth STAGE=${stage ?? 'dev'}`);
  return found;
}

try {
  const stages = process.argv.slice(2);
  const stacks = new Set(stages.length === 0 ? stacksOf(undefined) : stages.flatMap(stacksOf));
  for (const stack of stacks) {
    const document = parseDocument(JSON.parse(readFileSync(join(folder, stack, 'cdk.tf.json'), 'utf8')));
    const violations = violationsOf(document);
    for (const violation of violations) console.error(violation);
    if (violations.length > 0) process.exitCode = 1;
    const result = violations.length === 0 ? 'nothing wrong' : `${violations.length} wrong`;
    console.log(`${stack}: ${document.resources.length} resources, ${RULES.size} rules, ${result}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
