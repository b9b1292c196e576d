import { AT_ONCE } from '../../lambdas/archive-executions/src/archive-executions.ts';
import { SHARDS } from '../../lambdas/core/src/execution/records.ts';
import { loadConfig } from '../../modules/config.ts';
import { FUNCTIONS } from '../../modules/workflow/function-table.ts';
import { AI_CALLS_PER_RUN, generateTasksConcurrency } from '../../modules/workflow/published-function.ts';
import { variablesOf } from '../../modules/workflow/variables.ts';
import { NEW_TABLE_WRITES, quotasOf } from './quotas.ts';
import { ARCHIVE_MS } from './workload.ts';

/** What limits a stage. `rate`: so much a second; `slots`: so many at the same time. */
export interface Limit {
  readonly kind: 'rate' | 'slots';
  readonly value: number;
  /** Of a rate: what may be taken at once. */
  readonly burst?: number;
  /** Of what, in words. */
  readonly what: string;
  /** What people notice when there is not enough. */
  readonly notice: string;
  /** How to have more of it. */
  readonly raise: string;
  /** What is short in the busy hours is made up for at night: the mean of the day counts. */
  readonly canCatchUp?: boolean;
}

const THROTTLED_STEP = 'steps are tried again; when it lasts, actions fail';

/** Executions that the archiver can file in a second: each hour it works for three quarters of its time (lambdas/archive-executions). */
const ARCHIVED_PER_SECOND =
  ((AT_ONCE * 1000) / ARCHIVE_MS) * ((FUNCTIONS['archive-executions'].timeoutSeconds * 3) / 4 / 3600);

/** What is reserved for the AI, and what is left for all other functions, of the account's concurrency. */
function concurrency(account: number, reserved: number | undefined) {
  return { ai: reserved ?? account, others: reserved === undefined ? account : Math.max(100, account - reserved) };
}

/**
 * The limits of a stage: from its settings, and from AWS's default quotas.
 * @param stage a key of modules/settings.json
 * @throws SynthError when there is no such stage
 */
export function limitsOf(stage: string) {
  const config = loadConfig(stage);
  const { region, apiRateLimit, apiBurstLimit } = config.settings;
  const quotas = quotasOf(region);
  const variables = variablesOf(config);
  const lambda = concurrency(quotas.lambdaConcurrency.value, generateTasksConcurrency(config));
  const units = (what: string, value: number, notice = THROTTLED_STEP): Limit => ({
    kind: 'rate',
    value,
    what: `DynamoDB: ${what}`,
    notice,
    raise: 'quota of the table',
  });
  return {
    bedrockTokens: {
      kind: 'rate',
      value: quotas.bedrockTokensPerMinute.value / 60,
      // The quota is of a minute: a quiet one leaves a full one.
      burst: quotas.bedrockTokensPerMinute.value,
      what: 'Bedrock: tokens a second',
      notice: 'actions fail after four tries',
      raise: 'quota "tokens per minute" of the model, or another model',
    },
    aiConcurrency: {
      kind: 'slots',
      value: lambda.ai,
      what: `Lambda: generate-tasks at once (${AI_CALLS_PER_RUN} × concurrentRuns)`,
      notice: 'actions wait their turn, runs take longer',
      raise: 'concurrentRuns',
    },
    runningExecutions: {
      kind: 'slots',
      value: Number(variables.MAX_RUNNING_OF_STAGE),
      what: 'maxRunningExecutions',
      notice: 'starts are refused (503 too_busy), pages try again by themselves',
      raise: 'follows concurrentRuns',
    },
    transitions: {
      kind: 'rate',
      ...quotas.transitions,
      what: 'Step Functions: state transitions a second',
      notice: 'Step Functions waits, runs take longer',
      raise: 'quota "StateTransition throttle token refill rate"',
    },
    startExecution: {
      kind: 'rate',
      ...quotas.startExecution,
      what: 'Step Functions: StartExecution a second',
      notice: 'starts are delayed (503 start_delayed), pages try again',
      raise: 'quota "StartExecution throttle token refill rate"',
    },
    lambdaConcurrency: {
      kind: 'slots',
      value: lambda.others,
      what: 'Lambda: all other functions at once',
      notice: 'requests get 503, steps are tried again; when it lasts, runs fail',
      raise: 'quota "Concurrent executions"',
    },
    apiRequests: {
      kind: 'rate',
      value: apiRateLimit,
      burst: apiBurstLimit,
      what: 'HTTP API: requests a second (apiRateLimit)',
      notice: 'requests get 429, pages try again',
      raise: 'apiRateLimit and apiBurstLimit, up to 10,000; then the quota',
    },
    tasksWrites: units('write units a second, table tasks', quotas.tableWrites.value),
    executionsWrites: units('write units a second, table workflow-executions', quotas.tableWrites.value),
    executionsReads: units('read units a second, table workflow-executions', quotas.tableReads.value),
    goalsWrites: units('write units a second, table goals', quotas.tableWrites.value),
    newTableWrites: {
      ...units('write units a second, a table that is new', NEW_TABLE_WRITES, 'once: steps are tried again'),
      raise: 'warm throughput of the tables before the first such day; they grow by themselves within 30 minutes',
    },
    byRunningWrites: {
      ...units(`write units a second, ${SHARDS} partitions of byRunning`, SHARDS * quotas.partitionWrites.value),
      raise: 'SHARDS in lambdas/core/src/execution/records.ts',
    },
    byRunningReads: {
      ...units(`read units a second, ${SHARDS} partitions of byRunning`, SHARDS * quotas.partitionReads.value),
      notice: 'starts get 503 while the admission cannot count',
      raise: 'SHARDS, or a count that is kept and not made anew',
    },
    putMetricData: {
      kind: 'rate',
      ...quotas.putMetricData,
      what: 'CloudWatch: PutMetricData a second',
      notice: 'nobody notices: the sweep writes the metrics later',
      raise: 'quota "PutMetricData"',
    },
    archive: {
      kind: 'rate',
      value: ARCHIVED_PER_SECOND,
      what: 'Executions archived a second (hourly, 180 s of ten at once)',
      notice: 'nobody notices for 90 days; then history is lost that is not archived',
      raise: 'the schedule, or executions at once, of archive-executions',
      canCatchUp: true,
    },
  } as const satisfies Record<string, Limit>;
}

export type LimitName = keyof ReturnType<typeof limitsOf>;
export type Limits = Readonly<Record<LimitName, Limit>>;
