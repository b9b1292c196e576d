import { join } from 'node:path';
import type { Construct } from 'constructs';
import type { StageConfig } from './config.ts';
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

/** Durations that Lambda code keeps to (design.md section 2, requirement 4), in milliseconds. */
export const DURATIONS = {
  AI_TIMEOUT_MS: '115000',
  BATCH_TIMEOUT_MS: '300000',
  EXECUTION_TIMEOUT_MS: '900000',
  START_GRACE_MS: '10000',
} as const;

/**
 * Makes the named functions, each once, with size, environment and grants of its own.
 * @throws Error when a function needs a variable that has no value yet
 */
export function makeLambdas<Name extends LambdaName>(
  scope: Construct,
  names: readonly Name[],
  { config, zipFolder, targets, variables }: LambdasProps,
): Record<Name, PublishedFunction> {
  const make = (lambda: Name) =>
    new PublishedFunction(scope, lambda, {
      ...FUNCTIONS[lambda],
      name: `${config.prefix}-${lambda}`,
      zip: join(zipFolder, `${lambda}.zip`),
      environment: environmentOf(lambda, variables),
      grants: grantsOf(lambda, targets),
      logRetentionDays: config.settings.logRetentionDays,
    });
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries([...new Set(names)].map((name) => [name, make(name)])) as Record<Name, PublishedFunction>;
}
