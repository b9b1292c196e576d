import { join } from 'node:path';
import type { Construct } from 'constructs';
import { hasPart, type StageConfig } from '../config.ts';
import { environmentOf, FUNCTIONS, type LambdaName, type Variable } from './function-table.ts';
import { PublishedFunction } from './functions.ts';
import { type GrantTargets, grantsOf } from './grants.ts';

/** What the functions of a stage have in common. */
export interface LambdasProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Folder of the Lambdas' zips, `<lambda>.zip` each. */
  readonly zipFolder: string;
  /** ARNs that grants name. */
  readonly targets: GrantTargets;
  /** Environment variables that have a value so far; each function gets those it needs. */
  readonly variables: Readonly<Partial<Record<Variable, string>>>;
}

/** Durations that Lambda code keeps to (requirement 4), in milliseconds. */
export const DURATIONS = {
  AI_TIMEOUT_MS: '115000',
  BATCH_TIMEOUT_MS: '300000',
  PROGRESS_GRACE_MS: '10000',
  EXECUTION_TIMEOUT_MS: '900000',
  START_GRACE_MS: '10000',
} as const;

/** Executions that one user may have running at once, so that nobody takes all of the AI's quota (requirement 17). */
export const MAX_RUNNING_EXECUTIONS = '5';

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

/**
 * Makes the named functions, each once, with size, environment and grants of its own.
 * @throws Error when a function needs a variable that has no value yet
 */
export function makeLambdas<Name extends LambdaName>(
  scope: Construct,
  names: readonly Name[],
  { config, zipFolder, targets, variables }: LambdasProps,
): Record<Name, PublishedFunction> {
  const reserved = generateTasksConcurrency(config);
  const make = (lambda: Name) =>
    new PublishedFunction(scope, lambda, {
      ...FUNCTIONS[lambda],
      name: `${config.prefix}-${lambda}`,
      zip: join(zipFolder, `${lambda}.zip`),
      environment: environmentOf(lambda, variables),
      grants: grantsOf(lambda, targets),
      logRetentionDays: config.settings.logRetentionDays,
      tracing: hasPart(config.settings, 'tracing'),
      ...(lambda === 'generate-tasks' && reserved !== undefined ? { reservedConcurrency: reserved } : {}),
    });
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries([...new Set(names)].map((name) => [name, make(name)])) as Record<Name, PublishedFunction>;
}
