import { expect } from 'chai';
import { parseDocument } from '../../../scripts/policy/document.ts';
import { FORCED_WILDCARDS, PLAIN_LOG_GROUPS } from '../../../scripts/policy/exceptions.ts';
import { statementsOf } from '../../../scripts/policy/policies.ts';
import { RULES, violationsOf } from '../../../scripts/policy/rules.ts';
import { synthesizeText } from '../synthesized.ts';

/** A stage's JSON that a test may change. */
type Json = Record<string, Record<string, Record<string, unknown>>>;

const texts = { dev: synthesizeText('dev'), prod: synthesizeText('prod') };

/** The violations of prod after `change` has been made to its resources. */
function afterChange(change: (resources: Json) => void, text: string = texts.prod): readonly string[] {
  const json: { resource: Json } = JSON.parse(text);
  change(json.resource);
  return violationsOf(parseDocument(json));
}

/** Sets arguments of a resource that is there. */
function set(resources: Json, type: string, name: string, changed: Readonly<Record<string, unknown>>): void {
  const found = resources[type]?.[name];
  if (found === undefined) throw new Error(`no ${type}.${name}`);
  Object.assign(found, changed);
}

function remove(resources: Json, type: string, name: string): void {
  if (resources[type]?.[name] === undefined) throw new Error(`no ${type}.${name}`);
  delete resources[type][name];
}

function add(resources: Json, type: string, name: string, of: Readonly<Record<string, unknown>>): void {
  resources[type] = { ...resources[type], [name]: { ...of } };
}

/** Adds a statement to the policy of a role. */
function grant(resources: Json, statement: Readonly<Record<string, unknown>>): void {
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  set(resources, 'aws_iam_role_policy', 'goals_policy', { policy });
}

const BUCKET = 'archive_store_bucket';
const TABLE = 'aws_dynamodb_table.tables_goals';

/** A change of prod, one for each thing that a rule forbids (hence the length of this file), and the violations that it must cause, no more and no fewer. */
interface Breach {
  readonly rule: string;
  readonly by: string;
  readonly change: (resources: Json) => void;
  readonly violations: readonly string[];
}

const BREACHES: readonly Breach[] = [
  {
    rule: 'encryption-at-rest',
    by: 'a table without encryption',
    change: (of) => set(of, 'aws_dynamodb_table', 'tables_goals', { server_side_encryption: { enabled: false } }),
    violations: [`${TABLE}: the table is not encrypted with a KMS key`],
  },
  {
    rule: 'encryption-at-rest',
    by: 'a topic without a key',
    change: (of) => set(of, 'aws_sns_topic', 'topics_notices', { kms_master_key_id: undefined }),
    violations: ['aws_sns_topic.topics_notices: the topic has no KMS key'],
  },
  {
    rule: 'encryption-at-rest',
    by: 'a queue without encryption',
    change: (of) => set(of, 'aws_sqs_queue', 'dead_letters_queue', { sqs_managed_sse_enabled: false }),
    violations: ['aws_sqs_queue.dead_letters_queue: the queue is not encrypted'],
  },
  {
    rule: 'encryption-at-rest',
    by: 'a bucket without encryption',
    change: (of) => remove(of, 'aws_s3_bucket_server_side_encryption_configuration', 'archive_store_encryption'),
    violations: [`aws_s3_bucket.${BUCKET}: the bucket has no encryption configured`],
  },
  {
    rule: 'encryption-at-rest',
    by: 'a log group that nobody has thought about',
    change: (of) => set(of, 'aws_cloudwatch_log_group', 'goals_logs', { name: '/somewhere/else' }),
    violations: [
      'aws_cloudwatch_log_group.goals_logs: the log group has neither a KMS key nor a reason on record why it needs none',
    ],
  },
  {
    rule: 'encryption-in-transit',
    by: 'a bucket whose policy lets plain HTTP pass',
    change: (of) => remove(of, 'aws_s3_bucket_policy', 'archive_store_policy'),
    violations: [`aws_s3_bucket.${BUCKET}: the bucket can be reached without TLS`],
  },
  {
    rule: 'encryption-in-transit',
    by: 'a distribution that answers plain HTTP',
    change: (of) =>
      set(of, 'aws_cloudfront_distribution', 'website_distribution', {
        default_cache_behavior: { viewer_protocol_policy: 'allow-all' },
      }),
    violations: ['aws_cloudfront_distribution.website_distribution: the distribution answers plain HTTP'],
  },
  {
    rule: 'point-in-time-recovery',
    by: 'a table without it',
    change: (of) => set(of, 'aws_dynamodb_table', 'tables_goals', { point_in_time_recovery: { enabled: false } }),
    violations: [`${TABLE}: the table cannot be restored to a point in time`],
  },
  {
    rule: 'deletion-protection',
    by: 'a table that AWS would delete',
    change: (of) => set(of, 'aws_dynamodb_table', 'tables_goals', { deletion_protection_enabled: false }),
    violations: [`${TABLE}: AWS would let the table be deleted`],
  },
  {
    rule: 'deletion-protection',
    by: 'a table that Terraform would replace',
    change: (of) => set(of, 'aws_dynamodb_table', 'tables_goals', { lifecycle: { prevent_destroy: false } }),
    violations: [`${TABLE}: Terraform would destroy it`],
  },
  {
    rule: 'deletion-protection',
    by: 'an archive that would be emptied',
    change: (of) => set(of, 'aws_s3_bucket', BUCKET, { force_destroy: true, lifecycle: {} }),
    violations: [
      `aws_s3_bucket.${BUCKET}: Terraform would destroy it`,
      `aws_s3_bucket.${BUCKET}: the bucket would be emptied to be deleted`,
    ],
  },
  {
    rule: 'deletion-protection',
    by: 'a user pool that AWS would delete',
    change: (of) => add(of, 'aws_cognito_user_pool', 'users', { deletion_protection: 'INACTIVE' }),
    violations: ['aws_cognito_user_pool.users: AWS would let the users be deleted'],
  },
  {
    rule: 'public-access',
    by: 'a bucket with a gap in its public access block',
    change: (of) =>
      set(of, 'aws_s3_bucket_public_access_block', 'archive_store_public_access', { block_public_acls: false }),
    violations: [`aws_s3_bucket.${BUCKET}: the bucket lacks a public access block with all four settings`],
  },
  {
    rule: 'public-access',
    by: 'an ACL for everyone',
    change: (of) => add(of, 'aws_s3_bucket_acl', 'open', { bucket: 'b', acl: 'public-read' }),
    violations: ['aws_s3_bucket_acl.open: the ACL is open to others'],
  },
  {
    rule: 'public-access',
    by: 'a queue that anyone may send to',
    change: (of) =>
      set(of, 'aws_sqs_queue_policy', 'status_events_dead_letter_policy', {
        policy:
          '{"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:q"}}',
      }),
    violations: ['aws_sqs_queue_policy.status_events_dead_letter_policy: anyone is allowed sqs:SendMessage'],
  },
  {
    rule: 'public-access',
    by: 'a role that anyone may take',
    change: (of) =>
      set(of, 'aws_iam_role', 'goals_role', {
        assume_role_policy:
          '{"Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::*:root"]},"Action":["sts:AssumeRole"]}]}',
      }),
    violations: ['aws_iam_role.goals_role: anyone is allowed sts:AssumeRole'],
  },
  {
    rule: 'public-access',
    by: 'a function that anyone may invoke, and a service for anyone',
    change: (of) => {
      add(of, 'aws_lambda_permission', 'open', { principal: '*', source_arn: 'arn' });
      add(of, 'aws_lambda_permission', 'unbound', { principal: 's3.amazonaws.com' });
    },
    violations: [
      'aws_lambda_permission.open: anyone may invoke the function',
      'aws_lambda_permission.unbound: the service may invoke the function for any account',
    ],
  },
  {
    rule: 'public-access',
    by: 'a function with an open URL',
    change: (of) => add(of, 'aws_lambda_function_url', 'open', { authorization_type: 'NONE' }),
    violations: ['aws_lambda_function_url.open: the function has a URL that anyone may call'],
  },
  {
    rule: 'public-access',
    by: 'a route without a token',
    change: (of) => set(of, 'aws_apigatewayv2_route', 'http_list_goals_route', { authorization_type: 'NONE' }),
    violations: ['aws_apigatewayv2_route.http_list_goals_route: the route can be called without a token'],
  },
  {
    rule: 'wildcards',
    by: 'a wildcard in an action',
    change: (of) => grant(of, { Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:table' }),
    violations: ['aws_iam_role_policy.goals_policy: dynamodb:* on arn:aws:dynamodb:table'],
  },
  {
    rule: 'wildcards',
    by: 'a wildcard in a resource',
    change: (of) => grant(of, { Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket'] }),
    violations: ['aws_iam_role_policy.goals_policy: s3:GetObject on arn:aws:s3:::bucket/*'],
  },
  {
    rule: 'wildcards',
    by: 'a forced wildcard that lacks its condition',
    change: (of) => grant(of, { Action: ['cloudwatch:PutMetricData'], Resource: ['*'] }),
    violations: ['aws_iam_role_policy.goals_policy: cloudwatch:PutMetricData on *'],
  },
  {
    rule: 'wildcards',
    by: 'a statement that allows all but something',
    change: (of) => grant(of, { NotAction: ['iam:PassRole'], Resource: ['arn:aws:dynamodb:table'] }),
    violations: ['aws_iam_role_policy.goals_policy: NotAction allows whatever it does not name'],
  },
  {
    rule: 'wildcards',
    by: 'a policy that cannot be read, and one of AWS',
    change: (of) => {
      set(of, 'aws_iam_role_policy', 'goals_policy', { policy: '${data.aws_iam_policy_document.goals.json}' });
      add(of, 'aws_iam_role_policy_attachment', 'admin', { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    },
    violations: [
      'aws_iam_role_policy.goals_policy: the policy is no JSON that can be checked',
      'aws_iam_role_policy_attachment.admin: grants come from a policy that is not in this stack',
    ],
  },
  {
    rule: 'log-retention',
    by: 'a log group without retention',
    change: (of) => set(of, 'aws_cloudwatch_log_group', 'goals_logs', { retention_in_days: undefined }),
    violations: ['aws_cloudwatch_log_group.goals_logs: the log group keeps its lines forever'],
  },
  {
    rule: 'log-retention',
    by: 'a function, a state machine and an API that log elsewhere',
    change: (of) => {
      set(of, 'aws_lambda_function', 'goals_function', { logging_config: { log_format: 'JSON' } });
      set(of, 'aws_sfn_state_machine', 'workflow_state_machine', { logging_configuration: {} });
      set(of, 'aws_apigatewayv2_stage', 'http_stage', { access_log_settings: undefined });
    },
    violations: [
      'aws_lambda_function.goals_function: the function logs to no log group of this stack',
      'aws_sfn_state_machine.workflow_state_machine: the state machine logs to no log group of this stack',
      'aws_apigatewayv2_stage.http_stage: the API logs to no log group of this stack',
    ],
  },
  {
    rule: 'alarms',
    by: 'a function whose errors nobody watches',
    change: (of) => remove(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_lambda_errors_goals'),
    violations: ['aws_lambda_function.goals_function: no alarm watches Errors'],
  },
  {
    rule: 'alarms',
    by: 'a function whose throttles nobody watches',
    change: (of) => remove(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_lambda_throttles_save_tasks'),
    violations: ['aws_lambda_function.save_tasks_function: no alarm watches Throttles'],
  },
  {
    rule: 'alarms',
    by: 'a queue that nobody watches',
    change: (of) => remove(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_dead_letters_not_empty_sweep'),
    violations: ['aws_sqs_queue.sweep_dead_letters_queue: no alarm watches ApproximateNumberOfMessagesVisible'],
  },
  {
    rule: 'alarms',
    by: 'a state machine that nobody watches',
    change: (of) => {
      remove(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_failure_rate');
      remove(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_execution_timeouts');
    },
    violations: ['ExecutionsFailed', 'ExecutionsTimedOut'].map(
      (name) => `aws_sfn_state_machine.workflow_state_machine: no alarm watches ${name}`,
    ),
  },
  {
    rule: 'alarms',
    by: 'an API that nobody watches',
    change: (of) => remove(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_api_5xx'),
    violations: ['aws_apigatewayv2_api.http_api: no alarm watches 5xx'],
  },
  {
    rule: 'alarms',
    by: 'alarms without an action, with a silent one, and with a topic that nobody hears',
    change: (of) => {
      set(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_api_p99', { alarm_actions: [] });
      set(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_ai_latency', { actions_enabled: false });
      add(of, 'aws_sns_topic', 'unheard', { kms_master_key_id: 'key' });
      set(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_ai_throttles', {
        alarm_actions: ['${aws_sns_topic.unheard.arn}'],
      });
    },
    violations: ['ai_latency', 'ai_throttles', 'api_p99'].map(
      (alarm) =>
        `aws_cloudwatch_metric_alarm.monitoring_alarms_${alarm}: the alarm tells nobody: it has no topic with a subscription as its action`,
    ),
  },
  {
    rule: 'alarms',
    by: 'an alarm that does not say what to do',
    change: (of) =>
      set(of, 'aws_cloudwatch_metric_alarm', 'monitoring_alarms_api_p99', { alarm_description: 'HIGH PRIORITY: slow' }),
    violations: ['aws_cloudwatch_metric_alarm.monitoring_alarms_api_p99: the description lacks priority or runbook'],
  },
  {
    rule: 'dead-letters',
    by: 'an event target without a queue',
    change: (of) => set(of, 'aws_cloudwatch_event_target', 'status_events_target', { dead_letter_config: undefined }),
    violations: ['aws_cloudwatch_event_target.status_events_target: events that cannot be delivered are lost'],
  },
  {
    rule: 'dead-letters',
    by: 'a schedule without a queue, of a function without one',
    change: (of) =>
      add(of, 'aws_scheduler_schedule', 'nightly', { target: { arn: '${aws_lambda_function.goals_function.arn}' } }),
    violations: [
      'aws_scheduler_schedule.nightly: events that cannot be delivered are lost',
      'aws_lambda_function.goals_function: the function is invoked asynchronously, and what it fails on is lost',
    ],
  },
  {
    rule: 'dead-letters',
    by: 'a function that events invoke and that keeps nothing it failed on',
    change: (of) => remove(of, 'aws_lambda_function_event_invoke_config', 'status_events_retries'),
    violations: [
      'aws_lambda_function.handle_error_function: the function is invoked asynchronously, and what it fails on is lost',
    ],
  },
  {
    rule: 'dead-letters',
    by: 'a subscription without a queue',
    change: (of) =>
      add(of, 'aws_sns_topic_subscription', 'queue', { protocol: 'sqs', endpoint: 'arn:aws:sqs:q', topic_arn: 'arn' }),
    violations: ['aws_sns_topic_subscription.queue: messages that cannot be delivered are lost'],
  },
  {
    rule: 'tracing',
    by: 'a function and a state machine without it',
    change: (of) => {
      set(of, 'aws_lambda_function', 'goals_function', { tracing_config: { mode: 'PassThrough' } });
      set(of, 'aws_sfn_state_machine', 'workflow_state_machine', { tracing_configuration: { enabled: false } });
    },
    violations: [
      'aws_lambda_function.goals_function: the function is not traced',
      'aws_sfn_state_machine.workflow_state_machine: the state machine is not traced',
    ],
  },
];

describe('policy check', () => {
  for (const [stage, text] of Object.entries(texts)) {
    it(`finds nothing wrong with ${stage}`, () => {
      expect(afterChange(() => undefined, text)).to.deep.equal([]);
    });
  }

  for (const { rule, by, change, violations } of BREACHES) {
    it(`tells, by the rule ${rule}, of ${by}`, () => {
      expect(afterChange(change)).to.deep.equal(violations.map((violation) => `${rule}: ${violation}`));
    });
  }

  it('has every rule shown to be broken by a test', () => {
    expect(new Set(BREACHES.map(({ rule }) => rule))).to.deep.equal(new Set(RULES.map(({ name }) => name)));
  });

  it('lets what is not prod be deleted', () => {
    const change = (of: Json) => set(of, 'aws_s3_bucket', BUCKET, { force_destroy: true });
    expect(afterChange(change, texts.dev)).to.deep.equal([]);
  });

  it('finds a bucket that gives its encryption as a list of blocks, as Terraform may have it', () => {
    const rule = [{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'aws:kms' }] }];
    expect(
      afterChange((of) =>
        set(of, 'aws_s3_bucket_server_side_encryption_configuration', 'archive_store_encryption', { rule }),
      ),
    ).to.deep.equal([]);
  });

  it('asks an emulator for neither alarms nor tracing, and for all the rest', () => {
    const json: { resource: Json; provider: { aws: Record<string, unknown>[] } } = JSON.parse(texts.prod);
    Object.assign(json.provider.aws[0] ?? {}, { endpoints: [{ sqs: 'http://127.0.0.1:4566' }] });
    json.resource.aws_cloudwatch_metric_alarm = {};
    set(json.resource, 'aws_lambda_function', 'goals_function', { tracing_config: { mode: 'PassThrough' } });
    set(json.resource, 'aws_sqs_queue', 'dead_letters_queue', { sqs_managed_sse_enabled: false });
    expect(violationsOf(parseDocument(json))).to.deep.equal([
      'encryption-at-rest: aws_sqs_queue.dead_letters_queue: the queue is not encrypted',
    ]);
  });

  it('refuses what is no Terraform JSON of a stack', () => {
    expect(() => parseDocument({ resource: {} })).to.throw('not the Terraform JSON of a stack');
  });
});

describe('exceptions of the policy check', () => {
  const document = parseDocument(JSON.parse(texts.prod));
  const grants = statementsOf(document).flatMap(({ on, actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => `${on.type}: ${action} on ${resource}`)),
  );

  for (const { reason, pattern } of FORCED_WILDCARDS) {
    it(`are still needed because ${reason}`, () => {
      expect(grants.some((each) => pattern.test(each))).to.equal(true);
    });
  }

  for (const { reason, name } of PLAIN_LOG_GROUPS) {
    it(`are still needed for log groups where ${reason}`, () => {
      const groups = document.resources.filter(({ type }) => type === 'aws_cloudwatch_log_group');
      expect(groups.some(({ of }) => name.test(String(of.name)))).to.equal(true);
    });
  }
});
