/**
 * What AWS grants an account before anybody asks for more. Each has the page of AWS's documentation that it is from and
 * the day on which it was read. What an account really has is in the console (Service Quotas); tell `make simulate` by
 * LIMITS.
 */
export interface Quota {
  readonly value: number;
  /** What may be taken at once, where that is not the same number. */
  readonly burst?: number;
  /** Title of the page. */
  readonly source: string;
  /** Day of the value, as on the page. */
  readonly date: string;
}

const of = (value: number, source: string, burst?: number): Quota => ({
  value,
  ...(burst === undefined ? {} : { burst }),
  source,
  date: '2026-11-24',
});

const STEP_FUNCTIONS = 'AWS Step Functions Developer Guide, Service quotas';
const DYNAMODB = 'Amazon DynamoDB Developer Guide, Quotas in Amazon DynamoDB';

/** Regions in which Step Functions grants more. */
const LARGE_REGIONS: ReadonlySet<string> = new Set(['us-east-1', 'us-west-2', 'eu-west-1']);

/** The quotas of an account in a region. */
export function quotasOf(region: string) {
  const isLarge = LARGE_REGIONS.has(region);
  return {
    /** State transitions a second, of all state machines; new accounts have less. */
    transitions: isLarge ? of(5_000, STEP_FUNCTIONS) : of(500, STEP_FUNCTIONS, 800),
    /** StartExecution a second. */
    startExecution: isLarge ? of(300, STEP_FUNCTIONS, 1_300) : of(150, STEP_FUNCTIONS, 800),
    /** Invocations at the same time, of all functions; new accounts have less. */
    lambdaConcurrency: of(1_000, 'AWS Lambda Developer Guide, Lambda quotas'),
    /**
     * Tokens a minute of the model. Differs by account, model and profile more than any other: this value only stands in
     * for the one of your account. Requests a minute are no limit any more ("Quotas for Amazon Bedrock", May 2026).
     */
    bedrockTokensPerMinute: of(4_000_000, 'Service Quotas, Amazon Bedrock, tokens per minute of the model'),
    /** Write and read units a second of a table on demand, and of an index. */
    tableWrites: of(40_000, DYNAMODB),
    tableReads: of(40_000, DYNAMODB),
    /** Write and read units a second of one partition. */
    partitionWrites: of(1_000, 'Amazon DynamoDB Developer Guide, Designing partition keys to distribute your workload'),
    partitionReads: of(3_000, 'Amazon DynamoDB Developer Guide, Designing partition keys to distribute your workload'),
    /** Calls of PutMetricData a second. */
    putMetricData: of(500, 'Amazon CloudWatch User Guide, CloudWatch service quotas'),
    /** Requests a second of all APIs of an account: the most that `apiRateLimit` can be without asking. */
    apiRequests: of(10_000, 'Amazon API Gateway Developer Guide, Amazon API Gateway quotas', 5_000),
  };
}

export type Quotas = ReturnType<typeof quotasOf>;

/** Output tokens count so many times as much as input tokens of current Claude models ("How tokens are counted in Amazon Bedrock"). */
export const OUTPUT_TOKEN_WEIGHT = 5;
/** What a new table on demand takes at once, before it has grown ("DynamoDB on-demand capacity mode"); it doubles within 30 minutes. */
export const NEW_TABLE_WRITES = 4_000;
