import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Choice, type Command, terraformCommand } from './commands.ts';
import { advice, type Ended, isBucketMissing } from './execute.ts';
import { findTerraform, QUIET, type Stack, ToolError } from './tool.ts';

/** What a bootstrap works with. */
export interface BootstrapTools {
  /** Root of the repository, where the state is until its bucket is there. */
  readonly root: string;
  readonly choice: Choice;
  /** Gives the path of a program, or undefined when there is none. */
  readonly find: (program: string) => string | undefined;
  readonly execute: (command: Command, folder: string) => Promise<Ended>;
}

/**
 * Applies a stage's bootstrap, whose own state is kept in the bucket that it makes: the first time with its state in a file, which is
 * then moved into the bucket. It can be run again at any time, and goes on where an earlier run was broken off.
 * @returns the status of the command that failed, or 0
 * @throws ToolError when the tool or the file of a plan is none that can do that
 */
export async function bootstrap(stage: string, { stack, folder }: Stack, tools: BootstrapTools): Promise<number> {
  const { root, choice, execute } = tools;
  if (choice.tool === 'cdktf') throw new ToolError('A state is moved by terraform or tofu alone: leave TOOL=cdktf out');
  if (choice.planFile !== '')
    throw new ToolError('A bootstrap is applied without a plan that was kept: leave PLAN_FILE out');
  const terraform = findTerraform(choice, tools.find);
  const run = (...given: readonly string[]) => execute(terraformCommand(terraform, folder, given), root);
  const apply = () => run('apply', ...(choice.autoApprove ? ['-input=false', '-auto-approve'] : []));
  const localState = join(root, `terraform.${stack}.tfstate`);
  // Terraform takes the backend of such a file instead of the stack's ("Override Files", Merging terraform blocks).
  const override = join(folder, 'backend_override.tf.json');
  rmSync(override, { force: true });

  const inBucket = await run('init', '-reconfigure', '-input=false');
  if (inBucket.status !== 0 && !isBucketMissing(inBucket.said)) return explain(stage, inBucket);
  const isMoved = inBucket.status === 0 && hasState(terraform, folder);
  // What is in the bucket counts; a file beside it is left from a run that was broken off after the move.
  if (isMoved || (inBucket.status === 0 && !existsSync(localState))) return explain(stage, await apply());

  console.error(`\nThe bucket has no state yet. Until it is moved there, it is kept in ${localState}.`);
  writeFileSync(override, JSON.stringify({ terraform: { backend: { local: { path: localState } } } }));
  try {
    for (const step of [() => run('init', '-reconfigure', '-input=false'), apply]) {
      const ended = await step();
      if (ended.status !== 0) return explain(stage, ended);
    }
  } finally {
    rmSync(override);
  }
  const moved = await run('init', '-migrate-state', '-force-copy', '-input=false');
  if (moved.status === 0) renameSync(localState, `${localState}.moved`);
  else console.error(`\nThe state is still in ${localState}. Run make bootstrap STAGE=${stage} again to move it.`);
  return moved.status;
}

/** Whether the state that the stack was initialized with knows any resource. */
function hasState(terraform: string, folder: string): boolean {
  const list = terraformCommand(terraform, folder, ['state', 'list']);
  const { status, stdout } = spawnSync(list.file, list.arguments, {
    encoding: 'utf8',
    env: { ...process.env, ...QUIET },
  });
  return status === 0 && stdout.trim() !== '';
}

function explain(stage: string, { status, said }: Ended): number {
  const advised = status === 0 ? undefined : advice(said, stage);
  if (advised !== undefined) console.error(`\n${advised}`);
  return status;
}
