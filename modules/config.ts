import { Ajv, type ErrorObject } from 'ajv';
import { type EmulatorConfig, readEmulator } from './emulator.ts';
import { languageOf, RUNBOOK } from './language.ts';
import { type Names, namesOf } from './names.ts';
import settingsFile from './settings.json' with { type: 'json' };
import { type Settings, type StageSettings, settingsSchema } from './settings-schema.ts';
import { SynthError } from './synth-error.ts';

/** A stage's name and settings, and what follows from them. */
export interface StageConfig {
  /** Name of the stage, a key of `settings.json`. */
  readonly stage: string;
  /** Its settings, checked. */
  readonly settings: StageSettings;
  /** Starts the name of everything: `goal-activity-<stage>`. */
  readonly prefix: string;
  /** Names and ARNs of its resources. */
  readonly names: Names;
  /** Where the emulator answers, and where its functions find the AI; only a stage with `emulator: true` has it. */
  readonly emulator?: EmulatorConfig;
}

/** Mails that a notification of a budget has at most (AWS Budgets API, `Subscriber`: a notification has up to 10). */
const BUDGET_SUBSCRIBERS = 10;

const validate = new Ajv({ allErrors: true, verbose: true }).compile<Settings>(settingsSchema);

/**
 * The configuration of one stage. All stages are checked, so that a mistake in prod shows up on the way to dev.
 * @param stage a key of the settings file
 * @param settings content of the settings file; tests pass their own
 * @param environment AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_BEDROCK_RUNTIME, for an emulator's stage
 * @throws SynthError naming every wrong setting, or the stages when `stage` is none of them
 */
export function loadConfig(
  stage: string,
  settings: unknown = settingsFile,
  environment: NodeJS.ProcessEnv = process.env,
): StageConfig {
  const stages = readStages(settings);
  const found = stages.get(stage);
  if (found === undefined) {
    throw new SynthError(`STAGE is "${stage}", but must be one of: ${[...stages.keys()].join(', ')}`);
  }
  const prefix = `goal-activity-${stage}`;
  return {
    stage,
    settings: found,
    prefix,
    names: namesOf(stage, prefix, found),
    ...(found.emulator ? { emulator: readEmulator(environment) } : {}),
  };
}

/**
 * The stages that are deployed to AWS, in the order in which a tag is deployed.
 * @throws SynthError naming every wrong setting
 */
export function realStages(settings: unknown = settingsFile): readonly string[] {
  return [...readStages(settings)].filter(([, { emulator }]) => !emulator).map(([stage]) => stage);
}

/**
 * The stages whose data must survive a mistake: those with `deletionProtection`, and the last to which a tag is deployed, whatever it says.
 * @throws SynthError naming every wrong setting
 */
export function protectedStages(settings: unknown = settingsFile): readonly string[] {
  const last = realStages(settings).at(-1);
  return [...readStages(settings)].flatMap(([stage, of]) => (of.deletionProtection || stage === last ? [stage] : []));
}

/** Every stage's settings, checked, by its name. A map, since a name that nobody gave must not be found, such as `constructor`. */
export function readStages(settings: unknown = settingsFile): ReadonlyMap<string, StageSettings> {
  if (!validate(settings)) throw new SynthError((validate.errors ?? []).flatMap(describe).join('\n'));
  const stages = Object.entries(settings);
  const problems = [...stages.flatMap(([name, of]) => problemsBetween(name, of)), ...problemsAmong(stages)];
  if (problems.length > 0) throw new SynthError(problems.join('\n'));
  return new Map(stages);
}

/** Says which setting is wrong, what it must be and what it is. */
function describe(error: ErrorObject): string | readonly string[] {
  // Says only that a name is wrong; another error says how.
  if (error.keyword === 'propertyNames') return [];
  const expected: unknown = error.parentSchema?.description;
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const at = ['modules/settings.json', path].filter((part) => part !== '').join(': ');
  const child = (name: unknown) => `${at}${path === '' ? ': ' : '.'}${String(name)}`;
  if (error.propertyName !== undefined) {
    return `${child(error.propertyName)} must have another name: ${String(expected)}`;
  }
  if (error.keyword === 'required') return `${child(error.params.missingProperty)} is missing`;
  if (error.keyword === 'additionalProperties') return `${child(error.params.additionalProperty)} is no known setting`;
  return `${at} must be ${String(expected)}, but is ${JSON.stringify(error.data)}`;
}

/** Rules between settings, which the schema cannot state. */
function problemsBetween(stage: string, of: StageSettings): string[] {
  const problems: string[] = [];
  const must = (setting: string, rule: string) =>
    problems.push(`modules/settings.json: ${stage}.${setting} must ${rule}`);
  const { region, modelId, previousModelIds = [], modelRegions, issuer, audience } = of;
  // A model runs where it is called, a profile in several regions.
  if (![modelId, ...previousModelIds].some(isInferenceProfile) && modelRegions.join() !== region) {
    must('modelRegions', `be ["${region}"], because "${modelId}" is a model and no inference profile`);
  }
  if (previousModelIds.includes(modelId)) must('previousModelIds', `not hold the modelId, "${modelId}"`);
  if ((issuer === undefined) !== (audience === undefined)) {
    must(issuer === undefined ? 'issuer' : 'audience', 'be there too: issuer and audience go together');
  }
  if (issuer !== undefined && of.callbackUrls !== undefined) {
    must('callbackUrls', 'be left out, because the issuer is no user pool of this stack');
  }
  if (issuer !== undefined && of.website && of.signIn === undefined) {
    must('signIn', 'be there, so that the page can sign people in: the issuer is no user pool of this stack');
  }
  if (of.signIn !== undefined && (issuer === undefined || !of.website)) {
    must('signIn', 'be left out: it is for a page with an issuer that is no user pool of this stack');
  }
  if (issuer === undefined && !of.website && (of.callbackUrls ?? []).length === 0) {
    must('callbackUrls', 'have an entry: without a website, the user pool has nowhere to send people back to');
  }
  if (of.domain !== undefined && !of.domain.certificateArn.startsWith(`arn:aws:acm:${region}:`)) {
    must('domain.certificateArn', `be of a certificate in ${region}, where the API is`);
  }
  if (of.websiteDomain !== undefined && !of.websiteDomain.certificateArn.startsWith('arn:aws:acm:us-east-1:')) {
    must(
      'websiteDomain.certificateArn',
      'be of a certificate in us-east-1, the only region CloudFront takes them from',
    );
  }
  if (of.websiteDomain !== undefined && !of.website) must('websiteDomain', 'be left out, because website is false');
  if (of.leaveOut !== undefined && !of.emulator) {
    must('leaveOut', 'be left out: only a stage with "emulator": true does without parts');
  }
  const language = languageOf(of);
  if (of.runbookUrl.endsWith(`/${RUNBOOK[language === 'en' ? 'ja' : 'en']}`)) {
    must('runbookUrl', `be that of ${RUNBOOK[language]}, because the language is ${language}`);
  }
  const bootstrapped = ['githubRepository', 'monthlyBudgetUsd'] as const;
  for (const setting of bootstrapped.filter((name) => of[name] !== undefined && of.stateBucket === undefined)) {
    must(setting, 'be left out: without a stateBucket there is no bootstrap that could make it');
  }
  if (of.monthlyBudgetUsd !== undefined && of.alertEmails.length > BUDGET_SUBSCRIBERS) {
    must('alertEmails', `be at most ${BUDGET_SUBSCRIBERS} for a monthlyBudgetUsd: AWS Budgets writes to no more`);
  }
  return problems;
}

/** Rules between stages: what an account or AWS has but once is of one stage. */
function problemsAmong(stages: readonly (readonly [string, StageSettings])[]): readonly string[] {
  const problemsOf = (key: (of: StageSettings) => string | undefined, rule: (first: string) => string) => {
    const firsts = new Map<string, string>();
    return stages.flatMap(([name, of]) => {
      const value = key(of);
      if (value === undefined) return [];
      const first = firsts.get(value);
      if (first !== undefined) return [`modules/settings.json: ${name}.${rule(first)}`];
      firsts.set(value, name);
      return [];
    });
  };
  return [
    // Who may read the state of one stage may not read that of another.
    ...problemsOf(
      ({ stateBucket }) => stateBucket,
      (first) => `stateBucket must be another than that of ${first}`,
    ),
    ...problemsOf(
      ({ account, githubRepository, githubProviderExists }) =>
        githubRepository === undefined || githubProviderExists ? undefined : account,
      (first) => `githubProviderExists must be true: ${first}, of the same account, makes GitHub's OIDC provider`,
    ),
    ...problemsOf(
      ({ account, monthlyBudgetUsd }) => (monthlyBudgetUsd === undefined ? undefined : account),
      (first) => `monthlyBudgetUsd must be left out: the budget of ${first} is of the same account`,
    ),
  ];
}

/** Name of the stack that must be there before the stage's own. */
export function bootstrapName(stage: string): string {
  return `goal-activity-bootstrap-${stage}`;
}

/** The geography before the model's own id, in an id such as `jp.anthropic.…`. */
export const PROFILE_PREFIX = /^(us|eu|apac|jp|au)\./;

/** True for an id that Bedrock routes to one of several regions. */
export const isInferenceProfile = (modelId: string) => PROFILE_PREFIX.test(modelId);
