/** See HELP. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../modules/config.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { terraformCommand } from '../terraform/commands.ts';
import { findProgram, findStack, findTerraform, ToolError } from '../terraform/tool.ts';
import { compareWithGaps, readGaps } from './gaps.ts';

const HELP = `usage: node scripts/emulator/second-plan.ts

make second-plan runs this. Plans an emulator's stage once more, right after its first deploy. The plan must be empty, but for
what the emulator does otherwise than AWS: scripts/emulator/gaps.json. A gap that is gone fails too: take it out of the file.

Settings, by environment variables:
  STAGE                  a stage of modules/settings.json with "emulator": true
  TOOL, TERRAFORM_BINARY_NAME, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_BEDROCK_RUNTIME as for make plan
`;

const root = join(import.meta.dirname, '..', '..');
const GAPS = join(import.meta.dirname, 'gaps.json');

/** The plan of a stage that is deployed, as `terraform show -json` prints it. @throws ToolError with what Terraform said */
function planOf(stage: string, environment: NodeJS.ProcessEnv): string {
  const { folder } = findStack(environment.CDKTF_OUTDIR ?? join(root, 'cdktf.out'), stage, false);
  const choice = { tool: environment.TOOL ?? '', binary: environment.TERRAFORM_BINARY_NAME ?? '' };
  const terraform = findTerraform(choice, (program) => findProgram(program, environment.PATH ?? ''));
  const run = (...given: readonly string[]) => {
    const command = terraformCommand(terraform, folder, given);
    const env = { ...environment, ...command.environment };
    const done = spawnSync(command.file, command.arguments, { cwd: root, encoding: 'utf8', env, maxBuffer: 2 ** 28 });
    if (done.error !== undefined) throw done.error;
    if (done.status !== 0) throw new ToolError(`${stage} cannot be planned: ${done.stderr || done.stdout}`);
    return done.stdout;
  };
  const scratch = mkdtempSync(join(tmpdir(), 'goal-activity-plan-'));
  try {
    const file = join(scratch, 'second.tfplan');
    run('plan', '-input=false', `-out=${file}`);
    return run('show', '-json', file);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** @returns what is wrong, a line each; none when the plan shows the known gaps and nothing else */
function check(stage: string): readonly string[] {
  if (loadConfig(stage).emulator === undefined) throw new ToolError(`${stage} is a stage of AWS, and no emulator's`);
  const { unknown, gone } = compareWithGaps(planOf(stage, process.env), readGaps(GAPS));
  return [
    ...unknown.map((difference) => `A second plan would change ${difference}`),
    ...gone.map(({ type, what }) => `The gap is gone, take it out of scripts/emulator/gaps.json: ${type}: ${what}`),
  ];
}

if (process.argv.length > 2) {
  console.log(HELP);
  process.exitCode = process.argv[2] === '--help' ? 0 : 2;
} else {
  try {
    const problems = check(process.env.STAGE ?? 'emulator');
    for (const problem of problems) console.error(problem);
    if (problems.length === 0) console.log('A second plan shows the known gaps of the emulator, and nothing else.');
    else process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof ToolError || error instanceof SynthError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
