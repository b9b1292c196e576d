import { join } from 'node:path';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { defined } from '../defined.ts';
import { namesOf } from '../names.ts';
import type { Statement } from '../policy-document.ts';
import { hasPart } from '../settings-schema.ts';
import { environmentOf, FUNCTIONS, type FunctionSpec, LAMBDAS, type LambdaName } from './function-table.ts';
import { modelStatements } from './model-grants.ts';
import { PublishedFunction } from './published-function.ts';
import { variablesOf } from './variables.ts';

/** What the functions of a stage have in common. */
export interface LambdasProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Folder of the Lambdas' zips, `<lambda>.zip` each. */
  readonly zipFolder: string;
  /** Lets a publisher use the topics' key. */
  readonly topicKey: Statement;
}

/** Every function of a stage, by its Lambda's name. */
export type Lambdas = Readonly<Record<LambdaName, PublishedFunction>>;

/** AI calls that one run has in flight: 3 batches of 8 actions (requirement 2). */
const AI_CALLS_PER_RUN = 24;

/**
 * Invocations of generate-tasks at once: so many that the runs the stage is made for wait for the AI alone, and no more,
 * so that a rush of runs takes neither the concurrency that the API needs nor the quota of the model. Runs beyond it are
 * throttled by Lambda, and tried again for as long as their batch lives (statemachine/retries.ts).
 */
export function generateTasksConcurrency({ settings }: StageConfig): number | undefined {
  return settings.concurrentRuns === undefined ? undefined : AI_CALLS_PER_RUN * settings.concurrentRuns;
}

/** Makes every function of the table, with size, environment and grants of its own. */
export function makeLambdas(scope: Construct, { config, zipFolder, topicKey }: LambdasProps): Lambdas {
  const { settings, emulator } = config;
  const names = namesOf(config);
  const targets = { names, topicKey, model: modelStatements(settings) };
  const variables = variablesOf(config, names);
  /** What calls the AI is limited, and an emulator has the AI elsewhere. */
  const ofAi = { reservedConcurrency: generateTasksConcurrency(config), bedrockEndpoint: emulator?.bedrockEndpoint };
  const make = (lambda: LambdaName) => {
    const { memoryMb, timeoutSeconds, grants }: FunctionSpec = FUNCTIONS[lambda];
    const { reservedConcurrency, bedrockEndpoint } = lambda === 'generate-tasks' ? ofAi : {};
    return new PublishedFunction(scope, lambda, {
      name: names.functionName(lambda),
      memoryMb,
      timeoutSeconds,
      zip: join(zipFolder, `${lambda}.zip`),
      environment: {
        ...environmentOf(lambda, variables),
        ...defined({ AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockEndpoint }),
      },
      grants: grants.flatMap((grant) => grant(targets)),
      logRetentionDays: settings.logRetentionDays,
      tracing: hasPart(settings, 'tracing'),
      ...defined({ reservedConcurrency }),
    });
  };
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries(LAMBDAS.map((name) => [name, make(name)])) as Lambdas;
}
