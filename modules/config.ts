import { Ajv, type ErrorObject } from 'ajv';
import settingsFile from './settings.json' with { type: 'json' };
import { type Settings, type StageSettings, settingsSchema } from './settings-schema.ts';
import { SynthError } from './synth-error.ts';

/** A stage's name and settings, and the names that follow from them. */
export interface StageConfig {
  /** Name of the stage, a key of `settings.json`. */
  readonly stage: string;
  /** Its settings, checked. */
  readonly settings: StageSettings;
  /** Starts the name of everything: `goal-activity-<stage>`. */
  readonly prefix: string;
}

const validate = new Ajv({ allErrors: true, verbose: true }).compile<Settings>(settingsSchema);

/**
 * The configuration of one stage. All stages are checked, so that a mistake in prod shows up on the way to dev.
 * @param stage a key of the settings file
 * @param settings content of the settings file; tests pass their own
 * @throws SynthError naming every wrong setting, or the stages when `stage` is none of them
 */
export function loadConfig(stage: string, settings: unknown = settingsFile): StageConfig {
  if (!validate(settings)) throw new SynthError((validate.errors ?? []).map(describe).join('\n'));
  for (const [name, of] of Object.entries(settings)) checkModelRegions(name, of);
  const found = Object.entries(settings).find(([name]) => name === stage)?.[1];
  if (found === undefined) {
    throw new SynthError(`STAGE is "${stage}", but must be one of: ${Object.keys(settings).join(', ')}`);
  }
  return { stage, settings: found, prefix: `goal-activity-${stage}` };
}

/** Says which setting is wrong, what it must be and what it is. */
function describe(error: ErrorObject): string {
  const at = `modules/settings.json: ${error.instancePath.slice(1).replaceAll('/', '.')}`;
  const child = (name: unknown) => `${at}${error.instancePath === '' ? '' : '.'}${String(name)}`;
  if (error.keyword === 'required') return `${child(error.params.missingProperty)} is missing`;
  if (error.keyword === 'additionalProperties') return `${child(error.params.additionalProperty)} is no known setting`;
  const expected: unknown = error.parentSchema?.description;
  return `${at} must be ${String(expected)}, but is ${JSON.stringify(error.data)}`;
}

/** A rule between settings, which the schema cannot state: a model runs where it is called, a profile in several regions. */
function checkModelRegions(stage: string, { modelId, modelRegions, region }: StageSettings): void {
  if (isInferenceProfile(modelId) || modelRegions.join() === region) return;
  const at = `modules/settings.json: ${stage}.modelRegions`;
  throw new SynthError(`${at} must be ["${region}"], because "${modelId}" is a model and no inference profile`);
}

/** True for an id such as `jp.anthropic.…`, which Bedrock routes to one of several regions. */
export function isInferenceProfile(modelId: string): boolean {
  return /^(us|eu|apac|jp|au)\./.test(modelId);
}
