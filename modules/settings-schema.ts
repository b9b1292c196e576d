import type { FromSchema, JSONSchema } from 'json-schema-to-ts';

const text = (pattern: string, description: string) => ({ type: 'string', pattern, description }) as const;
const whole = (minimum: number, maximum: number, description: string) =>
  ({ type: 'integer', minimum, maximum, description }) as const;
const different = <const Items extends JSONSchema>(items: Items, description: string, minItems = 0) =>
  ({ type: 'array', minItems, uniqueItems: true, items, description }) as const;
const either = { type: 'boolean', description: 'true or false' } as const;

const region = text(
  '^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-[1-9]$',
  'a region of the commercial AWS partition, such as "ap-northeast-1"',
);

/**
 * From the price list of Amazon Bedrock, for the cost that a status answer shows; a profile within a geography costs 10 % more. Those
 * of modules/settings.json are of 2026-11-24 (https://aws.amazon.com/bedrock/pricing/).
 */
const usd = {
  type: 'number',
  minimum: 0,
  description: 'a price in US dollars a million tokens, 0 or more',
} as const;

const email = text('^[^@\\s${}]+@[^@\\s${}]+\\.[^@\\s${}]+$', 'an e-mail address');

/** `global.` profiles are left out: people's goals stay in the geography of the profile. */
const modelId = text(
  '^((us|eu|apac|jp|au)\\.)?(?!global\\.)[a-z0-9-]{4,}\\.[a-z0-9.:-]+$',
  'a Bedrock model id, or an inference profile id with the prefix us, eu, apac, jp or au',
);

/** A host with at least one dot: DNS labels of letters, digits and hyphens (RFC 1123). */
const HOST = '([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}';
const ORIGIN = `(https://${HOST}|http://localhost)(:[0-9]{1,5})?`;
const host = {
  ...text(`^${HOST}$`, 'a domain name in small letters, such as "api.example.com"'),
  maxLength: 253,
} as const;

/** A domain name of our own in front of the API or the page, with its certificate and its hosted zone in Route 53. */
const domain = (certificateRegion: string) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: ['domainName', 'certificateArn', 'zoneId'],
    description: 'an object with domainName, certificateArn and zoneId',
    properties: {
      domainName: host,
      certificateArn: text(
        '^arn:aws:acm:[a-z]+-[a-z]+-[1-9]:[0-9]{12}:certificate/[a-z0-9-]{36}$',
        `the ARN of a certificate of AWS Certificate Manager ${certificateRegion}`,
      ),
      zoneId: text('^Z[A-Z0-9]{6,31}$', 'the id of a Route 53 hosted zone'),
    },
  }) as const;

/** What a stage can do without, because an AWS emulator lacks it. */
const OPTIONAL_PARTS = ['monitoring', 'tracing', 'state-machine-versions'] as const;

/** A value that every service takes as a tag (Tagging API, "Tag naming limits and requirements"). */
const tagValue = text('^[\\p{L}\\p{N} _.:/=+@-]{1,256}$', 'of 1 to 256 letters, digits, spaces and _ . : / = + - @');

/**
 * The settings of one stage. A description completes the sentence "… must be …" of the error for a wrong value.
 * No text may hold `${…}`, which Terraform would take for an expression.
 */
export const stageSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'region',
    'account',
    'tags',
    'alertEmails',
    'noticeEmails',
    'modelId',
    'modelRegions',
    'usdPerMillionInputTokens',
    'usdPerMillionOutputTokens',
    'logRetentionDays',
    'archiveYears',
    'deletionProtection',
    'apiRateLimit',
    'apiBurstLimit',
    'corsOrigins',
    'website',
    'runbookUrl',
  ],
  description: 'an object with the settings of a stage',
  properties: {
    region,
    account: text('^[0-9]{12}$', 'an AWS account id of 12 digits; the provider refuses to touch any other account'),
    /** Of all that is made, besides `Project`, `Stage` and `ManagedBy`. */
    tags: {
      type: 'object',
      required: ['Owner', 'CostCenter'],
      propertyNames: text(
        '^(?!Project$|Stage$|ManagedBy$|[Aa][Ww][Ss]:)[A-Za-z][A-Za-z0-9:_-]{0,127}$',
        '1 to 128 letters, digits and : _ -, a letter first, no "aws:" in front, and not Project, Stage or ManagedBy',
      ),
      additionalProperties: tagValue,
      description: 'an object of tags with at least Owner and CostCenter',
      properties: { Owner: tagValue, CostCenter: tagValue },
    },
    /** On-call: failures, timeouts, escalations. At least one, since an alert that nobody gets is no alert. */
    alertEmails: different(email, 'a list of at least one e-mail address, all different', 1),
    /** People who want to know of partial results, but are not woken by them. */
    noticeEmails: different(email, 'a list of different e-mail addresses'),
    modelId,
    /** Models of versions that may still run, or come back by a roll back: the role of all versions allows them too. */
    previousModelIds: different(modelId, 'a list of different model ids'),
    modelRegions: different(
      region,
      'the regions in which the model may run: those of the inference profile, or the region itself',
      1,
    ),
    usdPerMillionInputTokens: usd,
    usdPerMillionOutputTokens: usd,
    /**
     * Runs at full speed at the same time; each has 24 AI calls in flight, so 24 times as much of the account's Lambda
     * concurrency is reserved for generate-tasks. Without it nothing is reserved, and all functions share the account's.
     */
    concurrentRuns: whole(1, 400, 'a number of runs at once from 1 to 400 (24 concurrent Lambda invocations each)'),
    /** Running at the same time, at whatever speed: above it, a start is refused (503 `too_busy`). Without it, 5 times `concurrentRuns`. */
    maxRunningExecutions: whole(1, 100_000, 'a number of executions from 1 to 100000 that may run at once'),
    /** Left out together with the audience, a Cognito user pool is made. Compared with a token's `iss` character by character, a slash at the end included. */
    issuer: text('^https://[^\\s?#${}]+$', 'the https URL of the token issuer'),
    audience: different(
      text('^[\\w.:/@-]+$', 'an audience (letters, digits, and . : / @ _ -)'),
      'a list of at least one audience, all different',
      1,
    ),
    /** Where the page signs people in, when the issuer is not ours: an OAuth 2.0 host with Cognito's paths, and the page's client there. */
    signIn: {
      type: 'object',
      additionalProperties: false,
      required: ['domain', 'clientId'],
      description: 'an object with domain and clientId',
      properties: { domain: host, clientId: text('^[\\w+.-]{1,128}$', 'the id of an OAuth client') },
    },
    /** Where the made user pool may send people after they signed in, besides the page. */
    callbackUrls: different(
      text(`^${ORIGIN}/[\\w./-]*$`, 'an https URL with a path, or one of http://localhost'),
      'a list of different URLs',
    ),
    logRetentionDays: {
      type: 'integer',
      /** What CloudWatch Logs takes, from a day to ten years (PutRetentionPolicy); "never" is left out. */
      enum: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      description: 'a retention of CloudWatch Logs in days (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, … 3653)',
    },
    archiveYears: whole(1, 30, 'a number of years from 1 to 30 after which archived executions are deleted'),
    deletionProtection: either,
    apiRateLimit: whole(
      1,
      10_000,
      'a number of requests a second from 1 to 10000 (the quota of an account and region)',
    ),
    apiBurstLimit: whole(1, 5_000, 'a number of requests at once from 1 to 5000 (the quota of an account and region)'),
    /** Pages of other origins that may call the API from a browser. No `*`: the API answers with people's goals. */
    corsOrigins: different(
      text(`^${ORIGIN}$`, 'an origin: an https URL without a path, or one of http://localhost'),
      'a list of different origins',
    ),
    /** Of the API. Its certificate is where the API is. */
    domain: domain("in the stage's region"),
    /** Whether the page is served from S3 by CloudFront. */
    website: either,
    /** Of the page. CloudFront takes certificates from one region alone. */
    websiteDomain: domain('in us-east-1'),
    /** Alarms and messages point at its headings, which have the same anchors in both languages. */
    runbookUrl: text(
      '^https://[^\\s?#${}]+$',
      'the https URL of docs/operations.md or docs/ja/operations.md, without query and fragment',
    ),
    /** Of alarms and messages. English when left out. */
    language: { enum: ['en', 'ja'], description: 'en or ja, the language of mails about alarms and executions' },
    /** Whether the stage is an emulator's, and no account of AWS. */
    emulator: either,
    /** With `emulator` alone: what the emulator lacks. */
    leaveOut: different(
      { enum: OPTIONAL_PARTS, description: `one of: ${OPTIONAL_PARTS.join(', ')}` },
      'a list of different parts',
    ),
    /** Terraform's state is kept there; without it, in a file beside main.ts, for a try-out. */
    stateBucket: text(
      '^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$',
      'the name of an S3 bucket (3 to 63 small letters, digits and hyphens)',
    ),
    /**
     * Whose workflows plan and deploy the stage. As it stands in the tokens of GitHub: with both ids for a repository that was made,
     * renamed or transferred after July 15, 2026 (GitHub Docs, "OpenID Connect reference", Immutable subject claims).
     */
    githubRepository: text(
      '^([A-Za-z0-9-]+/[\\w.-]+|[A-Za-z0-9-]+@[0-9]+/[\\w.-]+@[0-9]+)$',
      'a repository of GitHub, "owner/repository" or "owner@<id>/repository@<id>"',
    ),
    /** Whether GitHub's OIDC provider is in the account already; IAM has one a URL and account. */
    githubProviderExists: either,
    /** Of every role of the stage, those of GitHub too. Without it, the bootstrap makes one for what runs; see docs/operations.md. */
    permissionsBoundary: text('^arn:aws:iam::[0-9]{12}:policy/[\\w+=,.@/-]+$', 'the ARN of a policy of IAM'),
    /** Of the whole account. `alertEmails` get a mail at 80 and at 100 %. */
    monthlyBudgetUsd: whole(1, 10_000_000, 'a number of US dollars a month from 1 to 10000000'),
  },
} as const satisfies JSONSchema;

/** No hyphen, so that the prefix of no stage begins the names of another; with a region, names stay within IAM's 64 characters. */
const STAGE_NAME = '^(?!bootstrap$)[a-z][a-z0-9]{0,11}$';

/** The settings file: one object a stage, in the order in which a tag is deployed. */
export const settingsSchema = {
  type: 'object',
  minProperties: 1,
  propertyNames: text(STAGE_NAME, '1 to 12 small letters and digits, a letter first, and not "bootstrap"'),
  additionalProperties: stageSchema,
  description: 'an object with one entry a stage',
} as const satisfies JSONSchema;

/** The settings of one stage, as they stand in `settings.json`. */
export type StageSettings = FromSchema<typeof stageSchema>;

/** The whole settings file. */
export type Settings = FromSchema<typeof settingsSchema>;

/** Whether a stage has a part that can be left out. */
export function hasPart({ leaveOut = [] }: StageSettings, part: (typeof OPTIONAL_PARTS)[number]): boolean {
  return !leaveOut.includes(part);
}
