import { existsSync, readFileSync } from 'node:fs';
import type { Prices } from '../../lambdas/core/src/execution/cost.ts';
import { type AiSettings, parseAiSettings } from '../../local/aws/bedrock/settings.ts';
import { SettingError } from '../../local/settings.ts';
import { loadConfig } from '../../modules/config.ts';
import { type Report, readReport } from './report.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Options {
  /** Undefined: the local mock, with these settings. */
  readonly modelId: string | undefined;
  readonly mock: AiSettings;
  readonly region: string;
  /** Undefined when nobody has said what the model costs. */
  readonly prices: Prices | undefined;
  readonly concurrency: number;
  readonly jsonFile: string | undefined;
  readonly earlier: Report | undefined;
}

export const USAGE = `make evaluate [NAME=value ...]: how well a model turns 40 actions into tasks

MODEL_ID      a model or inference profile of Amazon Bedrock; without it, the local mock, to try this out
AWS_REGION    where it is called (the region of STAGE's settings); credentials as the AWS SDK finds them
STAGE         whose settings: a stage of modules/settings.json (dev)
CONCURRENCY   calls at once; 1 to 24 (4)
JSON_FILE     file for all figures and answers, as JSON
COMPARE       such a file of an earlier run, to show what has changed
USD_PER_MILLION_INPUT_TOKENS, USD_PER_MILLION_OUTPUT_TOKENS
              what the model costs (STAGE's prices for its own model)
AI_LATENCY_MS, AI_FAULTS, AI_SEED
              what the mock does, as for make start

Ends with 0 when it has measured, 1 when it could not, 2 for a value that cannot be used, and 3 when it has measured
that the model obeyed a text which it must not obey.`;

/** @throws SettingError naming the variable, what it is and what it must be */
export function readOptions(environment: Environment): Options {
  const { settings } = loadConfig(environment.STAGE || 'dev');
  const modelId = environment.MODEL_ID || undefined;
  if (modelId !== undefined && !/^[\w.:/-]{1,2048}$/.test(modelId))
    throw new SettingError(`MODEL_ID is ${JSON.stringify(modelId)}; it must be the id or ARN of a model or profile`);
  const concurrency = Number(environment.CONCURRENCY || 4);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 24)
    throw new SettingError(`CONCURRENCY is ${environment.CONCURRENCY}; it must be a whole number from 1 to 24`);
  return {
    modelId,
    mock: parseAiSettings({ AI_LATENCY_MS: '100-500', ...environment }),
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || settings.region,
    prices: readPrices(environment, modelId ?? settings.modelId, settings),
    concurrency,
    jsonFile: environment.JSON_FILE || undefined,
    earlier: environment.COMPARE ? readEarlier(environment.COMPARE) : undefined,
  };
}

function readPrices(
  environment: Environment,
  modelId: string,
  stage: ReturnType<typeof loadConfig>['settings'],
): Prices | undefined {
  const [input, output] = (['USD_PER_MILLION_INPUT_TOKENS', 'USD_PER_MILLION_OUTPUT_TOKENS'] as const).map((name) => {
    const price = Number(environment[name] || Number.NaN);
    if (environment[name] && !(price >= 0))
      throw new SettingError(`${name} is ${environment[name]}; it must be a price`);
    return Number.isNaN(price) ? undefined : price;
  });
  if (input !== undefined && output !== undefined) return { input, output };
  if ((input ?? output) !== undefined)
    throw new SettingError('USD_PER_MILLION_… must be given for input and for output');
  if (modelId !== stage.modelId) return undefined;
  return { input: stage.usdPerMillionInputTokens, output: stage.usdPerMillionOutputTokens };
}

function readEarlier(path: string): Report {
  if (!existsSync(path)) throw new SettingError(`COMPARE is ${path}; there is no such file`);
  const report = readReport(readFileSync(path, 'utf8'));
  if (report === undefined)
    throw new SettingError(`COMPARE is ${path}; it must be a JSON_FILE that make evaluate wrote`);
  return report;
}
