/**
 * `node scripts/policy/checkov.ts`: has checkov check the synthesized Terraform JSON of every real stage and of its
 * bootstrap. Ends with 1 for a finding that is not in `scripts/policy/checkov/accepted.ts`, and for one there that is found no more.
 * Nothing is sent anywhere, nor asked: the rules are in the package. CDKTF_OUTDIR is the folder that synth wrote to.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realStages } from '../../modules/config.ts';
import { makeVenv, type VirtualEnvironment, venvProgram } from '../python.ts';
import { ACCEPTED } from './checkov/accepted.ts';
import { type Finding, findingsOf, judge, readableJson } from './checkov/findings.ts';
import { parseDocument } from './document.ts';

const USAGE = `usage: node scripts/policy/checkov.ts
  has checkov check what was synthesized for every real stage (make policy-scan)
  CHECKOV=<program>   another checkov than that of scripts/policy/checkov/requirements.txt`;

const CHECKOV: VirtualEnvironment = {
  name: 'checkov',
  requirements: join(import.meta.dirname, 'checkov', 'requirements.txt'),
  notice: 'Installing checkov into .venv …',
};
const stacks = join(process.env.CDKTF_OUTDIR ?? join(import.meta.dirname, '..', '..', 'cdktf.out'), 'stacks');

/** The program, installed when there is none. */
function checkovProgram(): string {
  if (process.env.CHECKOV) return process.env.CHECKOV;
  makeVenv(CHECKOV);
  return venvProgram(CHECKOV, 'checkov');
}

/** What checkov finds in a stack. @throws Error in one line */
function scan(program: string, stack: string, folder: string): readonly Finding[] {
  const text = readFileSync(join(stacks, stack, 'cdk.tf.json'), 'utf8');
  mkdirSync(join(folder, stack));
  writeFileSync(join(folder, stack, 'cdk.tf.json'), readableJson(text));
  const options = ['--framework', 'terraform_json', '--skip-download', '--compact', '--quiet', '--output', 'json'];
  const { error, stdout, stderr } = spawnSync(program, ['--directory', stack, ...options], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // No key, no settings of the person, and a way out that leads nowhere.
    env: { PATH: process.env.PATH, HOME: folder, HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' },
  });
  if (error !== undefined) throw error;
  if (!stdout.trimStart().startsWith('{'))
    throw new Error(stderr.trim().split('\n').at(-1) || `checkov said nothing of ${stack}`);
  return findingsOf(stack, parseDocument(JSON.parse(text)), JSON.parse(stdout));
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'checkov-'));
  try {
    const program = checkovProgram();
    const findings = realStages().flatMap((stage) => {
      // The stage's own stack, and that of its bootstrap.
      const names = globSync([`goal-activity-${stage}`, `goal-activity-bootstrap-${stage}`], { cwd: stacks }).sort();
      if (!names.includes(`goal-activity-${stage}`))
        throw new Error(`nothing synthesized for ${stage}: run make synth STAGE=${stage}`);
      return names.flatMap((stack) => {
        const found = scan(program, stack, folder);
        console.log(`${stack}: ${found.length} findings`);
        return found;
      });
    });
    const { open, stale } = judge(findings);
    for (const { stack, check, resource, title } of open) console.error(`${check}: ${stack}: ${resource}: ${title}`);
    for (const { check, on } of stale) {
      console.error(`${check}: is found no more on ${on.source}: take it out of scripts/policy/checkov/accepted.ts`);
    }
    console.log(
      `${findings.length - open.length} findings are accepted, for ${ACCEPTED.length} reasons; ${open.length} are not`,
    );
    if (open.length + stale.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv.includes('--help')) console.log(USAGE);
else {
  try {
    main();
  } catch (error) {
    console.error(`make policy-scan cannot run: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
