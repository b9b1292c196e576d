/**
 * `node scripts/terraform/terraform.ts plan|deploy [bootstrap]`: plans or applies what was synthesized for STAGE, or the stack
 * that holds its state bucket. TOOL (terraform, tofu, cdktf), TERRAFORM_BINARY_NAME, AUTO_APPROVE=1 and PLAN_FILE choose how.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bootstrapName } from '../../modules/bootstrap.ts';
import { type Action, type Command, commandsFor, findProgram, ToolError } from './tool.ts';

const root = join(import.meta.dirname, '..', '..');
const { STAGE: stage = 'dev', PATH: path = '', PLAN_FILE: planFile = '', ...environment } = process.env;

function parseArguments([action, which]: readonly string[]): { action: Action; isBootstrap: boolean } {
  if ((action !== 'plan' && action !== 'deploy') || (which !== undefined && which !== 'bootstrap')) {
    throw new ToolError('usage: node scripts/terraform/terraform.ts plan|deploy [bootstrap]');
  }
  return { action, isBootstrap: which === 'bootstrap' };
}

function findStack(isBootstrap: boolean): { stack: string; folder: string } {
  const stack = isBootstrap ? bootstrapName(stage) : `goal-activity-${stage}`;
  const folder = join(environment.CDKTF_OUTDIR ?? join(root, 'cdktf.out'), 'stacks', stack);
  if (existsSync(join(folder, 'cdk.tf.json'))) return { stack, folder };
  throw new ToolError(
    isBootstrap
      ? `There is no stack ${stack}: set ${stage}.stateBucket in modules/settings.json, then run make bootstrap STAGE=${stage}`
      : `There is no stack ${stack}: run make synth STAGE=${stage}`,
  );
}

function run(command: Command): number {
  console.error(`> ${command.file} ${command.arguments.join(' ')}`);
  const { status, error } = spawnSync(command.file, command.arguments, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...command.environment },
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}

try {
  const { action, isBootstrap } = parseArguments(process.argv.slice(2));
  const choice = {
    tool: environment.TOOL ?? '',
    binary: environment.TERRAFORM_BINARY_NAME ?? '',
    autoApprove: environment.AUTO_APPROVE === '1',
    // Terraform would take it as relative to the stack's folder.
    planFile: planFile === '' ? '' : resolve(root, planFile),
  };
  const commands = commandsFor(action, findStack(isBootstrap), choice, (program) => findProgram(program, path));
  for (const command of commands) {
    process.exitCode = run(command);
    if (process.exitCode !== 0) break;
  }
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
