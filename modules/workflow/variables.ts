import type { StageConfig } from '../config.ts';
import { languageOf } from '../language.ts';

/** Durations that Lambda code keeps to (requirement 4), in milliseconds. */
export const DURATIONS = {
  AI_TIMEOUT_MS: '115000',
  BATCH_TIMEOUT_MS: '300000',
  PROGRESS_GRACE_MS: '10000',
  EXECUTION_TIMEOUT_MS: '900000',
  START_GRACE_MS: '10000',
} as const;

/** Executions that one user may have running at once, so that nobody takes all of the AI's quota (requirement 17). */
const MAX_RUNNING_EXECUTIONS = '5';

/** Runs at full speed at once where nothing is reserved: the 1,000 concurrent invocations of a new account, 24 a run. */
const SHARED_RUNS = 41;
/**
 * Executions that a stage may have running for each run at full speed (requirement 17): with that many, an execution takes five
 * times as long, and still ends well before its 900 s.
 */
const RUNNING_PER_FULL_SPEED = 5;

/** The values of the environment variables that Lambda code reads; each function gets those that its row names. */
export function variablesOf({ settings, names }: StageConfig) {
  return {
    GOALS_TABLE: names.goals.name,
    TASKS_TABLE: names.tasks.name,
    EXECUTIONS_TABLE: names.executions.name,
    ARCHIVE_BUCKET: names.archive.name,
    ALERTS_TOPIC_ARN: names.alerts.arn,
    STATE_MACHINE_ARN: names.startArn,
    MODEL_ID: settings.modelId,
    USD_PER_MILLION_INPUT_TOKENS: String(settings.usdPerMillionInputTokens),
    USD_PER_MILLION_OUTPUT_TOKENS: String(settings.usdPerMillionOutputTokens),
    METRICS_NAMESPACE: names.metricsNamespace,
    RUNBOOK_URL: settings.runbookUrl,
    MESSAGE_LANGUAGE: languageOf(settings),
    MAX_RUNNING_EXECUTIONS,
    MAX_RUNNING_OF_STAGE: String(
      settings.maxRunningExecutions ?? RUNNING_PER_FULL_SPEED * (settings.concurrentRuns ?? SHARED_RUNS),
    ),
    LOG_LEVEL: 'info',
    ...DURATIONS,
  };
}

/** The name of an environment variable that Lambda code reads. */
export type Variable = keyof ReturnType<typeof variablesOf>;
