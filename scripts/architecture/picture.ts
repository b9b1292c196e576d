import type { FunctionGroups } from './system.ts';

/** Something of the picture: a rectangle with its name and what it does. */
export interface Box {
  readonly id: string;
  readonly title: string;
  /** Lines below the title, or whose functions are listed there. */
  readonly lines: readonly string[] | keyof FunctionGroups;
  /** Left, top, width and height. */
  readonly place: readonly [x: number, y: number, width: number, height: number];
  /** The resources that it stands for, by address; those of functions follow their names. */
  readonly resources?: RegExp;
  /** People look different. */
  readonly kind?: 'people';
}

export const SIZE = { width: 1000, height: 880 } as const;

/** What surrounds the boxes of a stage, and those of its bootstrap; the name stands at a place of its own. */
export const FRAMES: readonly (Pick<Box, 'title' | 'place'> & { readonly at: readonly [x: number, y: number] })[] = [
  { title: 'A stage: one stack of Terraform', place: [10, 106, 980, 636], at: [530, 128] },
  { title: 'Made once for a stage, by make bootstrap', place: [10, 762, 980, 106], at: [30, 783] },
];

/** The first column is of the page, the second of the API, the third of the workflow, the last of what keeps and sends. */
export const BOXES: readonly Box[] = [
  { id: 'person', title: 'A person, in a browser', lines: [], place: [30, 40, 200, 36], kind: 'people' },
  { id: 'program', title: 'A program', lines: [], place: [280, 40, 200, 36], kind: 'people' },
  { id: 'readers', title: 'People told by mail', lines: [], place: [770, 40, 200, 36], kind: 'people' },
  {
    id: 'page',
    title: 'CloudFront',
    lines: ['the page, from a bucket;', '/api/* to the API;', 'logs who asked, to a bucket'],
    place: [30, 140, 200, 92],
    resources: /^aws_(cloudfront_\w+|cloudwatch_log_delivery\w*|s3_\w+)\.website_|^aws_route53_record\.website_/,
  },
  {
    id: 'sign-in',
    title: 'Sign-in',
    lines: ['a Cognito user pool,', 'or an issuer of one’s own'],
    place: [30, 290, 200, 72],
    resources: /^aws_cognito_/,
  },
  {
    id: 'api',
    title: 'API Gateway',
    lines: ['an HTTP API; checks the', 'token before any function'],
    place: [280, 140, 200, 92],
    resources: /^aws_apigatewayv2_|^aws_(cloudwatch_log_group|lambda_permission|route53_record|acm_\w+)\.http_/,
  },
  { id: 'api-functions', title: 'Lambdas of the API', lines: 'api', place: [280, 290, 200, 168] },
  {
    id: 'machine',
    title: 'Step Functions',
    lines: ['batches of 8 actions, three', 'at once; repeats, gives up', 'after 15 minutes'],
    place: [530, 140, 200, 92],
    resources: /^aws_(sfn_\w+|iam_role\w*|cloudwatch_log_group)\.workflow_/,
  },
  { id: 'state-functions', title: 'Lambdas of the steps', lines: 'states', place: [530, 290, 200, 184] },
  {
    id: 'topics',
    title: 'SNS',
    lines: ['alerts and notices, under', 'a key of their own (KMS)'],
    place: [770, 140, 200, 92],
    resources: /^aws_(sns|kms)_/,
  },
  { id: 'ai', title: 'Amazon Bedrock', lines: ['makes tasks of an action'], place: [770, 290, 200, 56] },
  {
    id: 'tables',
    title: 'DynamoDB',
    lines: ['goals and actions; tasks;', 'executions and what', 'became of each action'],
    place: [770, 386, 200, 88],
    resources: /^aws_dynamodb_/,
  },
  {
    id: 'monitoring',
    title: 'CloudWatch, X-Ray',
    lines: ['logs, metrics and traces', 'of all of this; alarms,', 'dashboard, saved queries'],
    place: [30, 540, 200, 92],
    resources: /^aws_cloudwatch_\w+\.monitoring_/,
  },
  {
    id: 'events',
    title: 'EventBridge',
    lines: ['a run failed or was stopped;', 'every 5 minutes;', 'every hour'],
    place: [280, 540, 200, 92],
    resources:
      /^aws_cloudwatch_event_|^aws_lambda_(permission|function_event_invoke_config)\.(status_events|sweep|archive_schedule)_/,
  },
  { id: 'event-functions', title: 'Lambdas of events', lines: 'events', place: [530, 540, 200, 92] },
  {
    id: 'archive',
    title: 'S3: archive',
    lines: ['a file for each execution', 'that ended, for years'],
    place: [770, 540, 200, 92],
    resources: /^aws_s3_\w+\.archive_/,
  },
  {
    id: 'queues',
    title: 'SQS: dead letters',
    lines: ['events that failed to the end'],
    place: [280, 674, 200, 56],
    resources: /^aws_sqs_/,
  },
  {
    id: 'state',
    title: 'S3: state of Terraform',
    lines: ['versioned, locked, encrypted'],
    place: [30, 796, 290, 56],
    resources: /^aws_s3_\w+\.state_/,
  },
  {
    id: 'roles',
    title: 'Roles for GitHub',
    lines: ['plan and deploy, by OIDC'],
    place: [355, 796, 290, 56],
    resources: /^aws_iam_\w+\.(github_|boundary)/,
  },
  {
    id: 'budget',
    title: 'Budget',
    lines: ['mails at 80 and at 100 %'],
    place: [680, 796, 290, 56],
    resources: /^aws_budgets_/,
  },
];
