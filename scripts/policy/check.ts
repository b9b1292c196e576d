/**
 * `node scripts/policy/check.ts`: checks the synthesized Terraform JSON of the stages that are deployed to AWS. Prints each violation as
 * `rule: resource: what` and then ends with 1.
 * CDKTF_OUTDIR is the folder that synth wrote to, `cdktf.out` beside the Makefile unless told.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { realStages } from '../../modules/config.ts';
import { parseDocument } from './document.ts';
import { RULES, violationsOf } from './rules.ts';

const folder = join(process.env.CDKTF_OUTDIR ?? join(import.meta.dirname, '..', '..', 'cdktf.out'), 'stacks');

for (const stage of realStages()) {
  // The stage's own stack, and that of its state.
  const stacks = globSync(`*-${stage}`, { cwd: folder }).sort();
  if (stacks.length === 0) {
    console.error(`nothing synthesized in ${folder}: run make synth STAGE=${stage}`);
    process.exitCode = 1;
  }
  for (const stack of stacks) {
    const document = parseDocument(JSON.parse(readFileSync(join(folder, stack, 'cdk.tf.json'), 'utf8')));
    const violations = violationsOf(document);
    for (const violation of violations) console.error(violation);
    if (violations.length > 0) process.exitCode = 1;
    const result = violations.length === 0 ? 'nothing wrong' : `${violations.length} wrong`;
    console.log(`${stack}: ${document.resources.length} resources, ${RULES.size} rules, ${result}`);
  }
}
