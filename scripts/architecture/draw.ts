/**
 * `node scripts/architecture/draw.ts`: draws `docs/architecture.svg` from the synthesized Terraform JSON of a stage (`make
 * picture`). STAGE says which, CDKTF_OUTDIR where synth wrote to. Where things stand is in `scripts/architecture/picture.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from '../policy/document.ts';
import { renderArchitecture } from './render.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const { STAGE: stage = 'dev', CDKTF_OUTDIR: folder = join(ROOT, 'cdktf.out') } = process.env;

if (process.argv.includes('--help')) {
  console.log(
    'usage: node scripts/architecture/draw.ts\n  draws docs/architecture.svg from what make synth wrote (make picture)',
  );
} else {
  const json = readFileSync(join(folder, 'stacks', `goal-activity-${stage}`, 'cdk.tf.json'), 'utf8');
  writeFileSync(join(ROOT, 'docs', 'architecture.svg'), renderArchitecture(parseDocument(JSON.parse(json))));
  console.log('docs/architecture.svg');
}
