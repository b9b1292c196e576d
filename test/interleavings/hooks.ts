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
import { edit } from './edits.ts';
import { MACHINE } from './model/step-functions.ts';
import { currentInvocation } from './stand-ins/invocation.ts';
import { replaceTimeAndChance } from './stand-ins/time.ts';

/** What stand-ins/modules.ts stands in for. */
const REPLACED = [
  'node:timers/promises',
  'node:crypto',
  './logger.ts',
  '../log/logger.ts',
  '@goal-activity/core/log/logger.ts',
  '../pace/recent-pace.ts',
  '@goal-activity/core/pace/recent-pace.ts',
];
const STAND_INS = new URL('./stand-ins/modules.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context;
    if (!parentURL?.includes('/lambdas/')) return next(specifier, context);
    if (REPLACED.includes(specifier)) return next(STAND_INS, context);
    const resolved = next(specifier, context);
    if (!resolved.url.includes('/lambdas/')) return resolved;
    // All code of a mutant is its own.
    return { ...resolved, url: new URL(new URL(parentURL).search, resolved.url).href };
  },
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.includes('/lambdas/')) return loaded;
    const { pathname, searchParams } = new URL(url);
    return { ...loaded, source: edit(pathname, String(loaded.source), searchParams.get('mutant') ?? undefined) };
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
  MESSAGE_LANGUAGE: 'en',
  METRICS_NAMESPACE: 'goal-activity',
  USD_PER_MILLION_INPUT_TOKENS: '1',
  USD_PER_MILLION_OUTPUT_TOKENS: '5',
  START_GRACE_MS: '10000',
  PROGRESS_GRACE_MS: '10000',
  EXECUTION_TIMEOUT_MS: '900000',
  BATCH_TIMEOUT_MS: '300000',
  AI_TIMEOUT_MS: '115000',
  MAX_RUNNING_EXECUTIONS: '2',
  MAX_RUNNING_OF_STAGE: '1000',
  MODEL_ID: 'model',
  AWS_REGION: 'eu-west-1',
});
