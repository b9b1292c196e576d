import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { loadConfig } from '../../modules/config.ts';
import { refuseEmulator } from '../../modules/emulator.ts';
import { findProgram, findStack, findTerraform, QUIET, ToolError } from './tool.ts';

/** What `terraform output -json` prints: an object a name; all of ours are texts. */
const documentSchema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['value'],
    properties: { value: { type: 'string' } },
  },
} as const satisfies JSONSchema;

const validate = new Ajv().compile<FromSchema<typeof documentSchema>>(documentSchema);

/** The outputs of a deployed stage, as `modules/stack.ts` names them. */
export interface Outputs {
  /** @returns the output, or undefined when the stage has none of this name (a stage without a page has no `websiteUrl`) */
  readonly find: (name: string) => string | undefined;
  /** @throws ToolError saying that the stage must be deployed anew, by a version that has the output */
  readonly get: (name: string) => string;
}

/**
 * The Terraform outputs of a stage, read from its state. `make synth STAGE=…` must have run, and the person must have access to the
 * state. The stack is initialized here when it was not yet, as in a fresh clone.
 * @param environment CDKTF_OUTDIR, TOOL and TERRAFORM_BINARY_NAME, as for `make plan`
 * @throws ToolError saying what to do, with what the tool wrote; SynthError when the stage is none, or the environment is an emulator's
 */
export function readOutputs(stage: string, environment: NodeJS.ProcessEnv = process.env): Outputs {
  if (loadConfig(stage, undefined, environment).emulator === undefined) refuseEmulator(stage, environment);
  const root = join(import.meta.dirname, '..', '..');
  const { folder } = findStack(environment.CDKTF_OUTDIR ?? join(root, 'cdktf.out'), stage, false);
  const choice = { tool: environment.TOOL ?? '', binary: environment.TERRAFORM_BINARY_NAME ?? '' };
  const terraform = findTerraform(choice, (program) => findProgram(program, environment.PATH ?? ''));
  const run = (...rest: readonly string[]) => {
    const env = { ...environment, ...QUIET };
    const done = spawnSync(terraform, [`-chdir=${folder}`, ...rest], { cwd: root, encoding: 'utf8', env });
    if (done.error !== undefined) throw done.error;
    return { isDone: done.status === 0, stdout: done.stdout, said: done.stderr.trim() || done.stdout.trim() };
  };
  const read = () => run('output', '-json', '-no-color');
  const failed = (what: string, said: string) =>
    new ToolError(`The outputs of ${stage} cannot be read: ${what}\n${said}`);

  let output = read();
  if (!output.isDone && output.said.includes('nitialization required')) {
    const init = run('init', '-input=false', '-no-color');
    if (!init.isDone) throw failed('init failed', init.said);
    output = read();
  }
  if (!output.isDone) throw failed('output failed', output.said);
  return parseOutputs(stage, output.stdout);
}

/** @throws ToolError when the text is not what `output -json` prints, or empty: then nothing is deployed */
export function parseOutputs(stage: string, text: string): Outputs {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new ToolError(`The outputs of ${stage} are no JSON: ${text.slice(0, 200)}`);
  }
  if (!validate(document)) throw new ToolError(`The outputs of ${stage} are no texts: ${text.slice(0, 200)}`);
  const values = new Map(Object.entries(document).map(([name, { value }]) => [name, value]));
  if (values.size === 0)
    throw new ToolError(`${stage} is not deployed: its state has no outputs. make deploy STAGE=${stage}`);
  return {
    find: (name) => values.get(name),
    get: (name) => {
      const value = values.get(name);
      if (value !== undefined) return value;
      throw new ToolError(
        `${stage} has no output ${name}: it was deployed by another version. make deploy STAGE=${stage}`,
      );
    },
  };
}
