/** `make aliases`: notes where every alias `live` of a stage leads, and moves those back that have moved since. See USAGE. */
import { readFileSync, writeFileSync } from 'node:fs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Ajv } from 'ajv';
import { loadConfig, type StageConfig } from '../../modules/config.ts';
import { LIVE } from '../../modules/names.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { LAMBDAS } from '../../modules/workflow/function-table.ts';
import { ToolError } from '../terraform/tool.ts';
import { clientConfigOf, sayAwsError } from './aws.ts';
import { LiveAliases, type Saved, savedSchema } from './live-aliases.ts';

const USAGE = `make aliases SAVE=<file> [STAGE=dev]      notes where every alias ${LIVE} of a stage leads
make aliases RESTORE=<file> [STAGE=dev]   moves those back that lead elsewhere now

The aliases are those of the functions and of the state machine, with their routing. Save before a deploy; restore when the
deploy turns out to be bad. New executions then begin on the version of before, and those that run go on with their own.
Credentials are found as the AWS SDK finds them.

Ends with 0 when it has done that, also when there is nothing to note or to move, and 1 when it could not.`;

const [DONE, FAILED] = [0, 1] as const;

interface Output {
  write(text: string): unknown;
}
interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
}

const isSaved = new Ajv().compile<Saved>(savedSchema);

/** @throws ToolError when the file is not what SAVE writes for this stage */
function readSaved(path: string, stage: string): Saved {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ToolError(`${path} cannot be read: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  if (!isSaved(content)) throw new ToolError(`${path} is no file that make aliases SAVE=${path} has written`);
  if (content.stage !== stage) throw new ToolError(`${path} is of ${content.stage}, and not of ${stage}`);
  return content;
}

async function save(
  aliases: LiveAliases,
  { stage, names }: StageConfig,
  path: string,
  { stdout }: Outputs,
): Promise<number> {
  const functionNames = LAMBDAS.map((lambda) => names.functionName(lambda));
  const found = await aliases.read(functionNames, names.versions ? names.startArn : undefined);
  const saved: Saved = { stage, savedAt: new Date().toISOString(), ...found };
  writeFileSync(path, `${JSON.stringify(saved, null, 2)}\n`);
  const count = Object.keys(found.functions).length + (found.stateMachine === undefined ? 0 : 1);
  const none = `${stage} has no alias ${LIVE} yet, as before its first deploy: ${path} says so`;
  stdout.write(`${count === 0 ? none : `${path} has the ${count} aliases ${LIVE} of ${stage}`}\n`);
  return DONE;
}

/** The state machine first: from then on, no execution begins on the version that is to go. */
async function restore(
  aliases: LiveAliases,
  { stage }: StageConfig,
  path: string,
  { stdout, stderr }: Outputs,
): Promise<number> {
  const { functions, stateMachine, savedAt } = readSaved(path, stage);
  let moved = 0;
  let failed = 0;
  async function move(what: string, restoring: () => Promise<string | undefined>): Promise<void> {
    try {
      const done = await restoring();
      if (done === undefined) return;
      moved += 1;
      stdout.write(`${done}\n`);
    } catch (thrown) {
      failed += 1;
      stderr.write(`${sayAwsError(`${what} was not moved back`, thrown)}\n`);
    }
  }
  if (stateMachine !== undefined) await move(stateMachine.aliasArn, () => aliases.restoreStateMachine(stateMachine));
  for (const [name, saved] of Object.entries(functions)) await move(name, () => aliases.restoreFunction(name, saved));
  const left = failed === 0 ? '' : `, ${failed} could not be`;
  stdout.write(
    `${stage} is ${failed === 0 ? 'as it was' : 'not wholly as it was'} at ${savedAt}: ${moved} aliases moved back${left}\n`,
  );
  return failed === 0 ? DONE : FAILED;
}

async function run(environment: NodeJS.ProcessEnv, outputs: Outputs, changes: object): Promise<number> {
  const { SAVE, RESTORE } = environment;
  if (!SAVE === !RESTORE) throw new ToolError('Say SAVE=<file> or RESTORE=<file>; there is --help');
  const config = loadConfig(environment.STAGE || 'dev');
  // Patient, since whatever has just deployed has made many calls.
  const client = { ...clientConfigOf(config, environment), maxAttempts: 10, ...changes };
  const [lambda, sfn] = [new LambdaClient(client), new SFNClient(client)];
  const aliases = new LiveAliases(lambda, sfn);
  return SAVE ? save(aliases, config, SAVE, outputs) : restore(aliases, config, RESTORE ?? '', outputs);
}

/**
 * @param changes to the settings of the AWS clients
 * @returns the exit code: see USAGE
 */
export async function aliases(
  environment: NodeJS.ProcessEnv,
  [option]: readonly string[],
  outputs: Outputs,
  changes: object = {},
): Promise<number> {
  if (option === '--help' || option === '-h') {
    outputs.stdout.write(`${USAGE}\n`);
    return DONE;
  }
  try {
    if (option !== undefined) throw new ToolError(`${option} is no option; there is --help`);
    return await run(environment, outputs, changes);
  } catch (thrown) {
    const isOfPerson = thrown instanceof ToolError || thrown instanceof SynthError;
    outputs.stderr.write(`${isOfPerson ? thrown.message : sayAwsError('The aliases could not be read', thrown)}\n`);
    return FAILED;
  }
}

if (import.meta.main) process.exitCode = await aliases(process.env, process.argv.slice(2), process);
