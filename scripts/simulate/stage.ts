import { AT_ONCE } from '../../lambdas/archive-executions/src/archive-executions.ts';
import { SHARDS } from '../../lambdas/core/src/execution/records.ts';
import { loadConfig, type StageConfig } from '../../modules/config.ts';
import { FUNCTIONS } from '../../modules/workflow/function-table.ts';
import { AI_CALLS_PER_RUN, generateTasksConcurrency } from '../../modules/workflow/published-function.ts';
import { variablesOf } from '../../modules/workflow/variables.ts';
import { NEW_TABLE_WRITES, type Quotas, quotasOf } from './quotas.ts';
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

/** Executions that the archiver can file in a second: each hour it works for three quarters of its time (lambdas/archive-executions). */
const ARCHIVED_PER_SECOND =
  ((AT_ONCE * 1000) / ARCHIVE_MS) * ((FUNCTIONS['archive-executions'].timeoutSeconds * 3) / 4 / 3600);

/** What the stage's own settings and Lambdas limit. */
function own(config: StageConfig) {
  const { apiRateLimit, apiBurstLimit } = config.settings;
  return {
    runningExecutions: {
      kind: 'slots',
      value: Number(variablesOf(config).MAX_RUNNING_OF_STAGE),
      what: 'maxRunningExecutions',
      notice: 'starts are refused (503 too_busy), pages try again by themselves',
      raise: 'follows concurrentRuns',
    },
    apiRequests: {
      kind: 'rate',
      value: apiRateLimit,
      burst: apiBurstLimit,
      what: 'HTTP API: requests a second (apiRateLimit)',
      notice: 'requests get 429, pages try again',
      raise: 'apiRateLimit and apiBurstLimit, up to 10,000; then the quota',
    },
    archive: {
      kind: 'rate',
      value: ARCHIVED_PER_SECOND,
      what: 'Executions archived a second (hourly, 180 s of ten at once)',
      notice: 'archive-behind tells after a day; history is lost after 90 days',
      raise: 'the schedule, or executions at once, of archive-executions',
      canCatchUp: true,
    },
  } as const satisfies Record<string, Limit>;
}

/** Invocations at once: what is reserved for the AI, and what is left of the account's for all other functions. */
function lambda(quotas: Quotas, reserved: number | undefined) {
  const account = quotas.lambdaConcurrency.value;
  return {
    aiConcurrency: {
      kind: 'slots',
      value: reserved ?? account,
      what: `Lambda: generate-tasks at once (${AI_CALLS_PER_RUN} × concurrentRuns)`,
      notice: 'actions wait their turn, runs take longer',
      raise: 'concurrentRuns',
    },
    lambdaConcurrency: {
      kind: 'slots',
      // AWS keeps at least 100 unreserved.
      value: reserved === undefined ? account : Math.max(100, account - reserved),
      what: 'Lambda: all other functions at once',
      notice: 'requests get 503, steps are tried again; when it lasts, runs fail',
      raise: 'quota "Concurrent executions"',
    },
  } as const satisfies Record<string, Limit>;
}

function services(quotas: Quotas) {
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
    putMetricData: {
      kind: 'rate',
      ...quotas.putMetricData,
      what: 'CloudWatch: PutMetricData a second',
      notice: 'nobody notices: the sweep writes the metrics later',
      raise: 'quota "PutMetricData"',
    },
  } as const satisfies Record<string, Limit>;
}

function database(quotas: Quotas) {
  const units = (what: string, value: number, differs: Partial<Pick<Limit, 'notice' | 'raise'>> = {}) => ({
    kind: 'rate' as const,
    value,
    what: `DynamoDB: ${what}`,
    notice: 'steps are tried again; when it lasts, actions fail',
    raise: 'quota of the table',
    ...differs,
  });
  const writes = quotas.tableWrites.value;
  return {
    tasksWrites: units('write units a second, table tasks', writes),
    executionsWrites: units('write units a second, table workflow-executions', writes),
    goalsWrites: units('write units a second, table goals', writes),
    executionsReads: units('read units a second, table workflow-executions', quotas.tableReads.value),
    newTableWrites: units('write units a second, a table that is new', NEW_TABLE_WRITES, {
      notice: 'once: steps are tried again',
      raise: 'warm throughput of the tables before the first such day; they grow by themselves within 30 minutes',
    }),
    byRunningWrites: units(
      `write units a second, ${SHARDS} partitions of byRunning`,
      SHARDS * quotas.partitionWrites.value,
      { raise: 'SHARDS in lambdas/core/src/execution/records.ts' },
    ),
    byRunningReads: units(
      `read units a second, ${SHARDS} partitions of byRunning`,
      SHARDS * quotas.partitionReads.value,
      {
        notice: 'starts get 503 while the admission cannot count',
        raise: 'SHARDS, or a count that is kept and not made anew',
      },
    ),
  } satisfies Record<string, Limit>;
}

/**
 * The limits of a stage: from its settings, and from AWS's default quotas.
 * @param stage a key of modules/settings.json
 * @throws SynthError when there is no such stage
 */
export function limitsOf(stage: string) {
  const config = loadConfig(stage);
  const quotas = quotasOf(config.settings.region);
  return {
    ...own(config),
    ...lambda(quotas, generateTasksConcurrency(config)),
    ...services(quotas),
    ...database(quotas),
  };
}

export type LimitName = keyof ReturnType<typeof limitsOf>;
export type Limits = Readonly<Record<LimitName, Limit>>;
export const namesOf = (limits: Limits) => Object.keys(limits) as LimitName[];

/** The same limits with other values; what may be taken at once changes alike. */
export function mapLimits(limits: Limits, newValue: (limit: Limit, name: LimitName) => number): Limits {
  const changed = namesOf(limits).map((name) => {
    const limit = limits[name];
    const value = newValue(limit, name);
    const burst = limit.burst === undefined ? {} : { burst: (limit.burst * value) / limit.value };
    return [name, { ...limit, value, ...burst }] as const;
  });
  return Object.fromEntries(changed) as Record<LimitName, Limit>;
}
