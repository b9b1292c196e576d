import cdktn from '../cdktn/package.json' with { type: 'json' };
import { findTerraform, QUIET, type Stack, type ToolChoice, ToolError } from './tool.ts';

/** What `make` can do with a synthesized stack. */
export type Action = 'plan' | 'deploy' | 'destroy' | 'validate';

/** A command to run, one after the other, each only when the one before it succeeded. */
export interface Command {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How the person chose, by environment variables. */
export interface Choice extends ToolChoice {
  /** Whether to apply without asking. */
  readonly autoApprove: boolean;
  /** Where `plan` and `destroy` write the plan, and what `deploy` then applies, exactly and without asking; empty for none. */
  readonly planFile: string;
}

/**
 * The successor of cdktf-cli, which has ended: its terminal module has no build for Node 24, and this one has no such module. It
 * synthesizes what is written with cdktf as it is. 220 MB with what it needs, so it is fetched when it is asked for and no dependency;
 * its version is that of the library, which is released with it.
 */
const CDKTN_CLI = `cdktn-cli@${cdktn.dependencies.cdktn}`;

/** A command of Terraform on the stack in a folder. */
export function terraformCommand(file: string, folder: string, given: readonly string[], environment = {}): Command {
  return { file, arguments: [`-chdir=${folder}`, ...given], environment: { ...QUIET, ...environment } };
}

/**
 * The commands that do `action` to a stack. `destroy` only plans, where the plan can be kept, so that the person is asked about it.
 * @param find gives the path of a program, or undefined when there is none
 * @throws ToolError saying what to install, or which choice is wrong
 */
export function commandsFor(
  action: Exclude<Action, 'validate'>,
  { stack, folder }: Stack,
  choice: Choice,
  find: (program: string) => string | undefined,
): readonly Command[] {
  const terraform = findTerraform(choice, find);
  if (choice.tool !== 'cdktf') {
    // Without -lockfile=readonly, which refuses a lock file that names the provider of both registries, Terraform's and
    // OpenTofu's: init takes the locked version and compares its checksums all the same.
    const init = terraformCommand(terraform, folder, ['init', '-input=false']);
    return [init, terraformCommand(terraform, folder, terraformArguments(action, choice))];
  }
  // cdktf runs Terraform too, so both must be there.
  const npx = find('npx');
  if (npx === undefined) throw new ToolError('TOOL=cdktf needs npx, which comes with npm: install Node.js with npm');
  if (choice.planFile !== '') throw new ToolError('A plan is kept by terraform or tofu alone: leave TOOL=cdktf out');
  const approval = action === 'deploy' && choice.autoApprove ? ['--auto-approve'] : [];
  const rest = ['--yes', CDKTN_CLI, action === 'plan' ? 'diff' : action, stack, ...approval];
  return [{ file: npx, arguments: rest, environment: { ...QUIET, TERRAFORM_BINARY_NAME: terraform } }];
}

function terraformArguments(action: Action, { planFile, autoApprove }: Choice): readonly string[] {
  const out = planFile === '' ? [] : [`-out=${planFile}`];
  if (action === 'plan') return ['plan', '-input=false', ...out];
  if (action === 'destroy') return ['plan', '-destroy', '-input=false', ...out];
  if (planFile !== '') return ['apply', '-input=false', planFile];
  return autoApprove ? ['apply', '-input=false', '-auto-approve'] : ['apply'];
}

/**
 * The commands that check a stack without credentials, backend and state.
 * @param dataFolder where the provider is kept, for all stacks together: it has hundreds of megabytes
 */
export function validationOf({ folder }: Stack, terraform: string, dataFolder: string): readonly Command[] {
  const run = (...given: readonly string[]) => terraformCommand(terraform, folder, given, { TF_DATA_DIR: dataFolder });
  return [run('init', '-backend=false', '-input=false'), run('validate')];
}
