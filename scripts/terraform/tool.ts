import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapName } from '../../modules/config.ts';

/** What `make` can do with a synthesized stack. */
export type Action = 'plan' | 'deploy';

/** A command to run, one after the other, each only when the one before it succeeded. */
interface Command {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How the person chose, by environment variables. */
export interface Choice {
  /** `terraform`, `tofu` or `cdktf`; empty when the first that is found will do. */
  readonly tool: string;
  /** TERRAFORM_BINARY_NAME of cdktf: a Terraform of another name or place. */
  readonly binary: string;
  /** Whether to apply without asking. */
  readonly autoApprove: boolean;
  /** Where `plan` writes the plan, and what `deploy` then applies, exactly and without asking; empty for none. */
  readonly planFile: string;
}

/** A mistake that the person who runs `make` can correct; the message is all they need. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** @throws ToolError saying what the arguments may be */
export function parseArguments([action, which]: readonly string[]): { action: Action; isBootstrap: boolean } {
  if ((action !== 'plan' && action !== 'deploy') || (which !== undefined && which !== 'bootstrap')) {
    throw new ToolError('usage: node scripts/terraform/run.ts plan|deploy [bootstrap]');
  }
  return { action, isBootstrap: which === 'bootstrap' };
}

/**
 * Finds the stack of a stage, or of its bootstrap, in the folder that synth wrote to.
 * @returns its name, such as `goal-activity-dev`, and the folder of its `cdk.tf.json`
 * @throws ToolError saying what to do first
 */
export function findStack(outputFolder: string, stage: string, isBootstrap: boolean) {
  const stack = isBootstrap ? bootstrapName(stage) : `goal-activity-${stage}`;
  const folder = join(outputFolder, 'stacks', stack);
  if (existsSync(join(folder, 'cdk.tf.json'))) return { stack, folder };
  throw new ToolError(
    isBootstrap
      ? `There is no stack ${stack}: set ${stage}.stateBucket in modules/settings.json, then run make bootstrap STAGE=${stage}`
      : `There is no stack ${stack}: run make synth STAGE=${stage}`,
  );
}

/** 420 MB with what it needs, so it is fetched when it is asked for and no dependency of the project. */
const CDKTF_CLI = 'cdktf-cli@0.21.0';
/** Neither Terraform nor cdktf asks its maker for news. */
export const QUIET = { CHECKPOINT_DISABLE: '1' };

/** Where to get what is missing. */
const INSTALL =
  'Install Terraform 1.10 or newer (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.10 or newer ' +
  '(https://opentofu.org/docs/intro/install/) and put it on the PATH, or name it in TERRAFORM_BINARY_NAME.';

/**
 * The commands that do `action` to a stack.
 * @param find gives the path of a program, or undefined when there is none
 * @throws ToolError saying what to install, or which choice is wrong
 */
export function commandsFor(
  action: Action,
  { stack, folder }: ReturnType<typeof findStack>,
  choice: Choice,
  find: (program: string) => string | undefined,
): readonly Command[] {
  if (!['', 'terraform', 'tofu', 'cdktf'].includes(choice.tool)) {
    throw new ToolError(`TOOL is "${choice.tool}", but must be terraform, tofu or cdktf`);
  }
  const terraform = findTerraform(choice, find);
  if (choice.tool !== 'cdktf') {
    const run = (...rest: readonly string[]): Command => ({
      file: terraform,
      arguments: [`-chdir=${folder}`, ...rest],
      environment: QUIET,
    });
    return [run('init', '-input=false'), run(...terraformArguments(action, choice))];
  }
  // cdktf runs Terraform too, so both must be there.
  const npx = find('npx');
  if (npx === undefined) throw new ToolError('TOOL=cdktf needs npx, which comes with npm: install Node.js with npm');
  if (choice.planFile !== '') throw new ToolError('PLAN_FILE needs terraform or tofu: cdktf keeps no plans');
  const approval = action === 'deploy' && choice.autoApprove ? ['--auto-approve'] : [];
  const rest = ['--yes', CDKTF_CLI, action === 'plan' ? 'diff' : 'deploy', stack, ...approval];
  return [{ file: npx, arguments: rest, environment: { ...QUIET, TERRAFORM_BINARY_NAME: terraform } }];
}

function terraformArguments(action: Action, { planFile, autoApprove }: Choice): readonly string[] {
  if (action === 'plan') return ['plan', '-input=false', ...(planFile === '' ? [] : [`-out=${planFile}`])];
  if (planFile !== '') return ['apply', '-input=false', planFile];
  return autoApprove ? ['apply', '-input=false', '-auto-approve'] : ['apply'];
}

/** The Terraform that was named, or the first that is there: Terraform, whose behaviour the project is checked with, then OpenTofu. */
export function findTerraform(
  { tool, binary }: Pick<Choice, 'tool' | 'binary'>,
  find: (program: string) => string | undefined,
): string {
  const names = binary !== '' ? [binary] : tool === 'terraform' || tool === 'tofu' ? [tool] : ['terraform', 'tofu'];
  for (const name of names) {
    const found = find(name);
    if (found !== undefined) return found;
  }
  const needs = tool === 'cdktf' ? ' (cdktf runs one of them, too)' : '';
  throw new ToolError(`${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not there${needs}. ${INSTALL}`);
}

/** Finds a program as a shell does: a path as it is, a name in the folders of `path`. */
export function findProgram(program: string, path: string): string | undefined {
  const { stdout } = spawnSync('/bin/sh', ['-c', 'command -v "$0"', program], {
    env: { PATH: path },
    encoding: 'utf8',
  });
  return stdout.trim() || undefined;
}
