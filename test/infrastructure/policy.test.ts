import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import settings from '../../modules/settings.json' with { type: 'json' };
import { ofType, parseDocument } from '../../scripts/policy/document.ts';
import { FORCED_WILDCARDS, PLAIN_LOG_GROUPS } from '../../scripts/policy/exceptions.ts';
import { CHECKS, violationsOf } from '../../scripts/policy/rules.ts';
import { statementsOf } from '../../scripts/policy/statements.ts';
import { withFolders } from './folders.ts';
import { synthesizeBootstrap, synthesizeText } from './synthesized.ts';

type Arguments = Readonly<Record<string, unknown>>;
/** Arguments of resources by their address; undefined takes a resource away. */
type Change = Readonly<Record<string, Arguments | undefined>>;

const texts = { dev: synthesizeText('dev'), prod: synthesizeText('prod') };
const everywhere = [
  ...Object.values(texts).map((text) => parseDocument(JSON.parse(text))),
  parseDocument(synthesizeBootstrap('dev')),
];

/** The violations of a stage once some of its resources have other arguments, or are added or taken away. */
function afterChange(change: Change, text: string = texts.prod): readonly string[] {
  const json: { resource: Record<string, Record<string, Arguments>> } = JSON.parse(text);
  for (const [address, changed] of Object.entries(change)) {
    const [type = '', name = ''] = address.split('.');
    const { [name]: old, ...others } = json.resource[type] ?? {};
    json.resource[type] = changed === undefined ? others : { ...others, [name]: { ...old, ...changed } };
  }
  return violationsOf(parseDocument(json));
}

const TABLE = 'aws_dynamodb_table.tables_goals';
const BUCKET = 'aws_s3_bucket';
const ARCHIVE = `${BUCKET}.archive_store_bucket`;
const PAGE = 'aws_cloudfront_distribution.website_distribution';
const FUNCTION = 'aws_lambda_function.goals_function';
const HANDLER = 'aws_lambda_function.handle_error_function';
const LOGS = 'aws_cloudwatch_log_group.goals_logs';
const QUEUE = 'aws_sqs_queue.dead_letters_queue';
const SEND = 'aws_sqs_queue_policy.status_events_dead_letter_policy';
const TOPIC = 'aws_sns_topic';
const SWEEP = 'aws_cloudwatch_event_rule.sweep_rule';
const ROLE = 'aws_iam_role_policy.goals_policy';
const KEY = 'aws_kms_key.topics_key';
const MACHINE = 'aws_sfn_state_machine.workflow_state_machine';
const ALARMS = 'aws_cloudwatch_metric_alarm.monitoring_alarms';
const ALARM = `${ALARMS}_api_p99`;

/** Changes of prod, at least one for each check, and the resource that the rule tells of: the changed one unless said. */
const BREACHES = [
  ['encryption-at-rest', TABLE, { server_side_encryption: undefined }],
  ['encryption-at-rest', `${TOPIC}.topics_notices`, { kms_master_key_id: undefined }],
  ['encryption-at-rest', QUEUE, { sqs_managed_sse_enabled: false }],
  ['encryption-at-rest', `${BUCKET}_server_side_encryption_configuration.archive_store_encryption`, undefined, ARCHIVE],
  ['encryption-at-rest', LOGS, { name: '/somewhere/else' }],
  ['encryption-at-rest', KEY, { enable_key_rotation: false }],
  ['encryption-in-transit', `${BUCKET}_policy.archive_store_policy`, undefined, ARCHIVE],
  ['encryption-in-transit', SEND, undefined, QUEUE],
  ['encryption-in-transit', `${TOPIC}_policy.topics_notices_policy`, undefined, `${TOPIC}.topics_notices`],
  ['encryption-in-transit', PAGE, { default_cache_behavior: { viewer_protocol_policy: 'allow-all' } }],
  ['point-in-time-recovery', TABLE, { point_in_time_recovery: undefined }],
  ['deletion-protection', TABLE, { deletion_protection_enabled: false }],
  ['deletion-protection', TABLE, { lifecycle: { prevent_destroy: false } }],
  ['deletion-protection', ARCHIVE, { force_destroy: true }],
  ['deletion-protection', 'aws_cognito_user_pool.users', {}],
  ['abandoned-uploads', `${BUCKET}_lifecycle_configuration.archive_store_lifecycle`, { rule: [] }, ARCHIVE],
  ['public-access', `${BUCKET}_public_access_block.archive_store_public_access`, { block_public_acls: false }, ARCHIVE],
  ['public-access', `${BUCKET}_ownership_controls.archive_store_ownership`, { rule: {} }, ARCHIVE],
  ['public-access', 'aws_lambda_permission.a', { principal: '*', source_arn: 'arn' }],
  ['public-access', 'aws_lambda_permission.a', { principal: 's3.amazonaws.com' }],
  ['public-access', 'aws_lambda_function_url.a', { authorization_type: 'NONE' }],
  ['public-access', 'aws_apigatewayv2_route.http_list_goals_route', { authorization_type: 'NONE' }],
  ['wildcards', 'aws_iam_role_policy_attachment.a', { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
  ['wildcards', 'aws_iam_role.goals_role', { managed_policy_arns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }],
  ['secrets', FUNCTION, { environment: { variables: { API_TOKEN: 'x' } } }],
  ['log-retention', LOGS, { retention_in_days: undefined }],
  ['log-retention', FUNCTION, { logging_config: { log_format: 'JSON' } }],
  ['log-retention', MACHINE, { logging_configuration: {} }],
  ['log-retention', 'aws_apigatewayv2_stage.http_stage', { access_log_settings: undefined }],
  ['alarms', `${ALARMS}_lambda_errors_goals`, undefined, FUNCTION],
  ['alarms', `${ALARMS}_lambda_throttles_goals`, undefined, FUNCTION],
  ['alarms', `${ALARMS}_dead_letters_not_empty_status_events`, undefined, QUEUE],
  // Two alarms watch both, failures and timeouts.
  ['alarms', MACHINE, { name: 'unwatched' }],
  ['alarms', `${ALARMS}_database_throttles_goals`, undefined, TABLE],
  ['alarms', `${ALARMS}_events_lost_sweep`, undefined, SWEEP],
  ['alarms', `${ALARMS}_schedule_stopped_reconcile_executions`, undefined, SWEEP],
  ['alarms', `${ALARMS}_messages_undelivered_notices`, undefined, `${TOPIC}.topics_notices`],
  ['alarms', `${ALARMS}_api_5xx`, undefined, 'aws_apigatewayv2_api.http_api'],
  ['alarms', ALARM, { actions_enabled: false }],
  ['alarms', ALARM, { alarm_actions: ['${aws_sns_topic.unheard.arn}'] }],
  ['alarms', ALARM, { alarm_description: 'HIGH PRIORITY: slow' }],
  ['alarms', ALARM, { treat_missing_data: 'breaching' }],
  ['dead-letters', 'aws_cloudwatch_event_target.status_events_target', { dead_letter_config: undefined }],
  ['dead-letters', 'aws_lambda_function_event_invoke_config.status_events_retries', undefined, HANDLER],
  ['dead-letters', 'aws_sns_topic_subscription.a', { protocol: 'sqs', endpoint: 'arn:aws:sqs:q', topic_arn: 'arn' }],
  ['dead-letters', QUEUE, { message_retention_seconds: 345_600 }],
  ['tracing', FUNCTION, { tracing_config: { mode: 'PassThrough' } }],
  ['tracing', MACHINE, { tracing_configuration: { enabled: false } }],
] satisfies readonly (readonly [rule: string, at: string, changed: Arguments | undefined, toldOf?: string])[];

/** Statements that grant too much, and what is said of them. */
const STATEMENTS: readonly (readonly [what: string, at: string, statement: Arguments])[] = [
  ['public-access: anyone is allowed sns:Publish', KEY, { Principal: '*', Action: 'sns:Publish', Resource: 'arn:t' }],
  [
    'public-access: anyone is allowed sts:AssumeRole',
    ROLE,
    { Principal: { AWS: ['arn:aws:iam::*:root'] }, Action: ['sts:AssumeRole'] },
  ],
  ['wildcards: dynamodb:* on arn:t', ROLE, { Action: 'dynamodb:*', Resource: 'arn:t' }],
  ['wildcards: s3:GetObject on arn:b/*', ROLE, { Action: ['s3:GetObject'], Resource: ['arn:b/*', 'arn:b'] }],
  // AWS forces it, but only with its condition.
  ['wildcards: cloudwatch:PutMetricData on *', ROLE, { Action: ['cloudwatch:PutMetricData'], Resource: ['*'] }],
  ['wildcards: NotAction allows whatever it does not name', ROLE, { NotAction: ['iam:PassRole'], Resource: ['arn:t'] }],
];

describe('policy check', () => {
  const found = BREACHES.map(([rule, at, changed, toldOf = at]) => {
    const title = `tells of ${toldOf}, by the rule ${rule}, when ${at} is ${JSON.stringify(changed) ?? 'missing'}`;
    return { title, start: `${rule}: ${toldOf}: `, violations: afterChange({ [at]: changed }) };
  });

  for (const { title, start, violations } of found) {
    it(title, () => {
      expect(violations).not.to.deep.equal([]);
      for (const violation of violations) expect(violation.slice(0, start.length)).to.equal(start);
    });
  }

  it('has every check shown to fail by one of these', () => {
    const shown = found.flatMap(({ violations }) => violations);
    const unseen = CHECKS.filter((of) => !shown.some((one) => one.startsWith(of.rule) && one.endsWith(of.otherwise)));
    expect(unseen.map(({ otherwise }) => otherwise)).to.deep.equal([]);
  });

  for (const [what, at, statement] of STATEMENTS) {
    it(`tells of ${JSON.stringify(statement)}`, () => {
      const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] });
      expect(afterChange({ [at]: { policy } })).to.deep.equal([what.replace(': ', `: ${at}: `)]);
    });
  }

  it('tells of a policy that it cannot read', () => {
    expect(afterChange({ [ROLE]: { policy: '${data.aws_iam_policy_document.a.json}' } })).to.deep.equal([
      `wildcards: ${ROLE}: the policy is no JSON that can be checked`,
    ]);
  });

  it('lets the archive be deleted where the settings do not protect the stage, unless it is the last', () => {
    const { dev, prod, emulator } = settings;
    const json = JSON.parse(texts.dev);
    const told = (stages: object) => violationsOf(parseDocument(json, stages)).filter((of) => of.includes(ARCHIVE));
    expect(told({ dev, prod, emulator })).to.deep.equal([]);
    for (const stages of [
      { prod, dev, emulator },
      { dev: { ...dev, deletionProtection: true }, prod },
    ])
      expect(told(stages)).to.deep.equal([
        `deletion-protection: ${ARCHIVE}: Terraform would destroy it`,
        `deletion-protection: ${ARCHIVE}: the bucket would be emptied to be deleted`,
      ]);
  });

  it('asks an emulator for neither alarms nor tracing, and for all the rest', () => {
    const json = JSON.parse(texts.prod);
    json.provider.aws[0].endpoints = [{ sqs: 'http://127.0.0.1:4566' }];
    json.resource.aws_cloudwatch_metric_alarm = {};
    json.resource.aws_lambda_function.goals_function.tracing_config = { mode: 'PassThrough' };
    json.resource.aws_sqs_queue.dead_letters_queue.sqs_managed_sse_enabled = false;
    expect(violationsOf(parseDocument(json))).to.deep.equal([
      'encryption-at-rest: aws_sqs_queue.dead_letters_queue: the queue is not encrypted',
    ]);
  });

  it('refuses what is no Terraform JSON of a stack', () => {
    expect(() => parseDocument({ resource: {} })).to.throw('not the Terraform JSON of a stack');
  });
});

describe('exceptions of the policy check', () => {
  const groups = everywhere.flatMap((document) => ofType(document, 'aws_cloudwatch_log_group'));
  const names = groups.map(({ of }) => String(of.name));
  const grants = everywhere
    .flatMap(statementsOf)
    .flatMap(({ on, actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => `${on.type}: ${action} on ${resource}`)),
    );
  const wildcards = FORCED_WILDCARDS.map(({ reason, pattern }) => ({ reason, pattern, among: grants }));
  const logs = PLAIN_LOG_GROUPS.map(({ reason, name }) => ({ reason, pattern: name, among: names }));

  for (const { reason, pattern, among } of [...wildcards, ...logs]) {
    it(`are still needed because ${reason}`, () => {
      expect(among.some((each) => pattern.test(each))).to.equal(true);
    });
  }
});

describe('command of the policy check', () => {
  it('ends with 1, says what it has checked, prints each violation, and how to synthesize what is not there', () => {
    const { status, stdout, stderr } = withFolders(({ outputFolder }) => {
      const stack = join(outputFolder, 'stacks', 'goal-activity-prod');
      mkdirSync(stack, { recursive: true });
      const broken = texts.prod.replaceAll('"retention_in_days": 90', '"retention_in_days": 0');
      writeFileSync(join(stack, 'cdk.tf.json'), broken);
      const script = join(import.meta.dirname, '..', '..', 'scripts', 'policy', 'check.ts');
      const env = { ...process.env, CDKTF_OUTDIR: outputFolder };
      return spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
    });
    expect(status).to.equal(1);
    expect(stdout).to.match(/^goal-activity-prod: \d+ resources, 12 rules, \d+ wrong\n$/);
    expect(stderr.split('\n')).to.include(`log-retention: ${LOGS}: the log group keeps its lines forever`);
    expect(stderr).to.match(/run make synth STAGE=dev\n/);
  });
});
