import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapName } from '../../modules/config.ts';

/** How the person chose what runs Terraform, by environment variables. */
export interface ToolChoice {
  /** `terraform`, `tofu` or `cdktf`; empty when the first that is found will do. */
  readonly tool: string;
  /** TERRAFORM_BINARY_NAME of cdktf: a Terraform of another name or place. */
  readonly binary: string;
}

/** A mistake that the person who runs `make` can correct; the message is all they need. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Neither Terraform nor cdktf asks its maker for news. */
export const QUIET = { CHECKPOINT_DISABLE: '1' };

/** Where to get what is missing. */
const INSTALL =
  'Install Terraform 1.10 or newer (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.10 or newer ' +
  '(https://opentofu.org/docs/intro/install/) and put it on the PATH, or name it in TERRAFORM_BINARY_NAME.';

/** A synthesized stack: its name, such as `goal-activity-dev`, and the folder of its `cdk.tf.json`. */
export interface Stack {
  readonly stack: string;
  readonly folder: string;
}

/**
 * Finds the stack of a stage, or of its bootstrap, in the folder that synth wrote to.
 * @throws ToolError saying what to do first
 */
export function findStack(outputFolder: string, stage: string, isBootstrap: boolean): Stack {
  const stack = isBootstrap ? bootstrapName(stage) : `goal-activity-${stage}`;
  const folder = join(outputFolder, 'stacks', stack);
  if (existsSync(join(folder, 'cdk.tf.json'))) return { stack, folder };
  throw new ToolError(
    isBootstrap
      ? `There is no stack ${stack}: set ${stage}.stateBucket in modules/settings.json, then run make bootstrap STAGE=${stage}`
      : `There is no stack ${stack}: run make synth STAGE=${stage}`,
  );
}

/**
 * The Terraform that was named, or the first that is there: Terraform, then OpenTofu.
 * @param find gives the path of a program, or undefined when there is none
 * @throws ToolError saying what to install, or which choice is wrong
 */
export function findTerraform({ tool, binary }: ToolChoice, find: (program: string) => string | undefined): string {
  if (!['', 'terraform', 'tofu', 'cdktf'].includes(tool)) {
    throw new ToolError(`TOOL is "${tool}", but must be terraform, tofu or cdktf`);
  }
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
