/**
 * Loaded with `--import`, before the code of the Lambdas: what runs is that code, with its handlers, boundaries and
 * commands; time, chance, ids, the log and the services are the explorer's.
 */
import { registerHooks } from 'node:module';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { edit, isEdited } from './edits.ts';
import { MACHINE } from './model/step-functions.ts';
import { currentInvocation } from './stand-ins/invocation.ts';
import { replaceTimeAndChance } from './stand-ins/time.ts';

const STAND_INS: Readonly<Record<string, string>> = {
  'node:timers/promises': 'timers.ts',
  'node:crypto': 'crypto.ts',
  './logger.ts': 'logger.ts',
  '../log/logger.ts': 'logger.ts',
  '@goal-activity/core/log/logger.ts': 'logger.ts',
};

/** By the path of a module, those that import it, as the code without a mutant was loaded: see loadCode. */
const importers = new Map<string, Set<string>>();

/** By its name, the modules that a mutant has for its own. */
const affected = new Map<string, Set<string>>();

/** The modules that a mutant's edits are in, and all that import these: it shares the others. */
function modulesOf(mutant: string): ReadonlySet<string> {
  const found = affected.get(mutant) ?? new Set([...importers.keys()].filter((path) => isEdited(path, mutant)));
  affected.set(mutant, found);
  // What is added to a set while it is gone through is gone through, too.
  for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer);
  return found;
}

/** The mutant that a module belongs to. */
const mutantOf = (url: string | undefined) => new URL(url ?? 'none:').searchParams.get('mutant') ?? undefined;

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context;
    if (!parentURL?.includes('/lambdas/')) return next(specifier, context);
    const standIn = STAND_INS[specifier];
    if (standIn !== undefined) return next(new URL(`./stand-ins/${standIn}`, import.meta.url).href, context);
    const resolved = next(specifier, context);
    const mutant = mutantOf(parentURL);
    if (!resolved.url.includes('/lambdas/')) return resolved;
    const url = new URL(resolved.url);
    if (mutant === undefined) {
      const known = importers.get(url.pathname) ?? new Set();
      importers.set(url.pathname, known.add(new URL(parentURL).pathname));
      return resolved;
    }
    if (!modulesOf(mutant).has(url.pathname)) return resolved;
    url.searchParams.set('mutant', mutant);
    return { ...resolved, url: url.href };
  },
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.includes('/lambdas/')) return loaded;
    return { ...loaded, source: edit(new URL(url).pathname, String(loaded.source), mutantOf(url)) };
  },
});

for (const client of [DynamoDBDocumentClient, SFNClient, SNSClient, S3Client, CloudWatchClient, BedrockRuntimeClient]) {
  Object.assign(client.prototype, { send: (command: object) => currentInvocation().issue(command) });
}

replaceTimeAndChance();

Object.assign(process.env, {
  GOALS_TABLE: 'goals',
  TASKS_TABLE: 'tasks',
  EXECUTIONS_TABLE: 'executions',
  STATE_MACHINE_ARN: MACHINE,
  ARCHIVE_BUCKET: 'archive',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:alerts',
  RUNBOOK_URL: 'https://example.com/runbook',
  METRICS_NAMESPACE: 'goal-activity',
  USD_PER_MILLION_INPUT_TOKENS: '1',
  USD_PER_MILLION_OUTPUT_TOKENS: '5',
  START_GRACE_MS: '10000',
  PROGRESS_GRACE_MS: '10000',
  EXECUTION_TIMEOUT_MS: '900000',
  BATCH_TIMEOUT_MS: '300000',
  AI_TIMEOUT_MS: '115000',
  MAX_RUNNING_EXECUTIONS: '2',
  MODEL_ID: 'model',
  AWS_REGION: 'eu-west-1',
});
