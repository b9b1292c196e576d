/**
 * `node scripts/terraform/run.ts plan|deploy [bootstrap]`: plans or applies what was synthesized for STAGE, or the stack
 * that holds its state bucket. TOOL (terraform, tofu, cdktf), TERRAFORM_BINARY_NAME, AUTO_APPROVE=1 and PLAN_FILE choose how.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { commandsFor, findProgram, findStack, parseArguments, ToolError } from './tool.ts';

const root = join(import.meta.dirname, '..', '..');
const { STAGE: stage = 'dev', PATH: path = '', PLAN_FILE: planFile = '', ...environment } = process.env;

try {
  const { action, isBootstrap } = parseArguments(process.argv.slice(2));
  const choice = {
    tool: environment.TOOL ?? '',
    binary: environment.TERRAFORM_BINARY_NAME ?? '',
    autoApprove: environment.AUTO_APPROVE === '1',
    // Terraform would take it as relative to the stack's folder.
    planFile: planFile === '' ? '' : resolve(root, planFile),
  };
  const stack = findStack(environment.CDKTF_OUTDIR ?? join(root, 'cdktf.out'), stage, isBootstrap);
  const commands = commandsFor(action, stack, choice, (program) => findProgram(program, path));
  for (const { file, arguments: given, environment: added } of commands) {
    console.error(`> ${file} ${given.join(' ')}`);
    const env = { ...process.env, ...added };
    const { status, error } = spawnSync(file, given, { cwd: root, stdio: 'inherit', env });
    if (error !== undefined) throw error;
    process.exitCode = status ?? 1;
    if (process.exitCode !== 0) break;
  }
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
