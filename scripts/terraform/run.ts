/** See HELP. What is synthesized for STAGE is planned, applied, destroyed or checked; `bootstrap` is the stack that holds its state. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig, readStages } from '../../modules/config.ts';
import { refuseEmulator } from '../../modules/emulator.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { bootstrap } from './bootstrap.ts';
import { type Choice, type Command, commandsFor, terraformCommand, validationOf } from './commands.ts';
import { confirmDestroy, readDoomed, refuseProtected } from './destroy.ts';
import { advice, execute } from './execute.ts';
import { findProgram, findStack, findTerraform, QUIET, type Stack, ToolError } from './tool.ts';

const HELP = `usage: node scripts/terraform/run.ts plan|deploy|destroy|validate [bootstrap]

make plan, deploy, destroy, bootstrap and validate run this, after what they need was synthesized.

  plan       shows what a deploy would change
  deploy     changes it, after asking
  destroy    shows all that would go, and destroys it once the stage's name is typed
  validate   checks the stacks of every stage, without credentials
  bootstrap  the stack that holds the stage's state, instead of the stage's own; deploy also moves its own state there

Settings, by environment variables:
  STAGE                  a stage of modules/settings.json (dev)
  TOOL                   terraform, tofu or cdktf; the first two that is found, when it is left out
  TERRAFORM_BINARY_NAME  a Terraform of another name or place
  PLAN_FILE              where plan keeps the plan, and what deploy then applies
  AUTO_APPROVE=1         deploy does not ask
`;

const root = join(import.meta.dirname, '..', '..');
const { STAGE: stage = 'dev', PATH: path = '', PLAN_FILE: planFile = '', ...environment } = process.env;
const outputFolder = environment.CDKTF_OUTDIR ?? join(root, 'cdktf.out');
const choice: Choice = {
  tool: environment.TOOL ?? '',
  binary: environment.TERRAFORM_BINARY_NAME ?? '',
  autoApprove: environment.AUTO_APPROVE === '1',
  // Terraform would take it as relative to the stack's folder.
  planFile: planFile === '' ? '' : resolve(root, planFile),
};
const find = (program: string) => findProgram(program, path);

/** Runs commands until one fails, and says what to do then. @returns whether none did */
async function runAll(commands: readonly Command[]): Promise<boolean> {
  for (const command of commands) {
    const { status, said } = await execute(command, root);
    if (status === 0) continue;
    const advised = advice(said, stage);
    if (advised !== undefined) console.error(`\n${advised}`);
    process.exitCode = status;
    return false;
  }
  return true;
}

/** Plans, asks, and applies that very plan. */
async function destroy(stack: Stack): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-destroy-'));
  try {
    // cdktf keeps no plan, and what it runs does the same.
    const kept = {
      ...choice,
      tool: choice.tool === 'cdktf' ? '' : choice.tool,
      planFile: join(folder, 'destroy.tfplan'),
    };
    if (!(await runAll(commandsFor('destroy', stack, kept, find)))) return;
    const terraform = findTerraform(kept, find);
    const show = terraformCommand(terraform, stack.folder, ['show', '-json', kept.planFile]);
    const { stdout, status, stderr } = spawnSync(show.file, show.arguments, {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...QUIET },
    });
    if (status !== 0) throw new ToolError(`The plan to destroy ${stage} cannot be shown: ${stderr}`);
    await confirmDestroy(stage, readDoomed(stage, stdout));
    await runAll([terraformCommand(terraform, stack.folder, ['apply', '-input=false', kept.planFile])]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function validate(): Promise<void> {
  const terraform = findTerraform(choice, find);
  const stacks = [...readStages()].flatMap(([name, { stateBucket }]) => [
    findStack(outputFolder, name, false),
    ...(stateBucket === undefined ? [] : [findStack(outputFolder, name, true)]),
  ]);
  const commands = stacks.flatMap((stack) => validationOf(stack, terraform, join(outputFolder, '.terraform')));
  if (await runAll(commands)) console.log(`${stacks.length} stacks are valid.`);
}

async function run(action: string | undefined, which: string | undefined): Promise<void> {
  const isBootstrap = which === 'bootstrap';
  if (which !== undefined && !isBootstrap) throw new ToolError(HELP);
  if (action === 'validate') return validate();
  if (action !== 'plan' && action !== 'deploy' && action !== 'destroy') throw new ToolError(HELP);
  const { settings, emulator } = loadConfig(stage);
  if (emulator === undefined) refuseEmulator(stage, environment);
  const stack = findStack(outputFolder, stage, isBootstrap);
  if (isBootstrap && action === 'deploy') {
    process.exitCode = await bootstrap(stage, stack, { root, choice, find, execute });
    return;
  }
  if (action !== 'destroy') {
    await runAll(commandsFor(action, stack, choice, find));
    return;
  }
  refuseProtected(stage, isBootstrap, settings);
  await destroy(stack);
}

try {
  const [action, which] = process.argv.slice(2);
  if (action === '--help' || which === '--help') console.log(HELP);
  else await run(action, which);
} catch (error) {
  if (!(error instanceof ToolError || error instanceof SynthError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
