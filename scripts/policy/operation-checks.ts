import { type Document, has, isTrue, means, ofType, type Resource, referencesIn, valuesAt } from './document.ts';
import { about, type Check, each, inAws } from './rule.ts';

const FUNCTION = 'aws_lambda_function';
const STATE_MACHINE = 'aws_sfn_state_machine';
const ALARM = 'aws_cloudwatch_metric_alarm';
const TARGET = 'aws_cloudwatch_event_target';

/** Nothing logs to a group that AWS would make by itself, which keeps its lines forever. */
const logsHere = (type: string, ...path: readonly string[]) =>
  each('log-retention', type, 'it logs to no log group of this stack', ({ of }) =>
    referencesIn(valuesAt(of, ...path)).some((address) => address.startsWith('aws_cloudwatch_log_group.')),
  );

/** Whether an alarm, by itself or in its metric math, watches a metric of a resource, under some more dimensions. */
const watches = (
  alarm: Resource,
  [namespace, dimension, name]: readonly [namespace: string, dimension: string, name: string],
  resource: Resource,
  others: Readonly<Record<string, unknown>> = {},
) =>
  [alarm.of, ...valuesAt(alarm.of, 'metric_query', 'metric')].some(
    (metric) =>
      valuesAt(metric, 'namespace').includes(namespace) &&
      valuesAt(metric, 'metric_name').includes(name) &&
      valuesAt(metric, 'dimensions', dimension).some((value) => means(value, resource)) &&
      Object.entries(others).every(([other, value]) => valuesAt(metric, 'dimensions', other).includes(value)),
  );

/** An alarm on each of some metrics of each resource of a type. */
const watched = (type: string, namespace: string, dimension: string, ...metrics: readonly string[]) =>
  metrics.map((name) =>
    inAws('alarms', type, `no alarm watches ${name}`, (resource, document) =>
      ofType(document, ALARM).some((alarm) => watches(alarm, [namespace, dimension, name], resource)),
    ),
  );

/** An alarm on throttled reads, or writes, of each index of a table: the table's own figures leave them out. */
const indexesWatched = (name: string) =>
  inAws('alarms', 'aws_dynamodb_table', `no alarm watches ${name} of an index`, (table, document) =>
    valuesAt(table.of, 'global_secondary_index', 'name').every((index) =>
      ofType(document, ALARM).some((alarm) =>
        watches(alarm, ['AWS/DynamoDB', 'TableName', name], table, { GlobalSecondaryIndexName: index }),
      ),
    ),
  );

/** An alarm that tells when a schedule's function is not invoked any more. */
const silenceWatched = inAws(
  'alarms',
  'aws_cloudwatch_event_rule',
  'nobody is told when the schedule stops',
  (rule, document) =>
    !has(rule, 'schedule_expression') ||
    about(document, TARGET, 'rule', rule)
      .flatMap((target) => functionsOf(target, document))
      .some((lambda) =>
        ofType(document, ALARM).some(
          (alarm) => watches(alarm, ['AWS/Lambda', 'FunctionName', 'Invocations'], lambda) && tellsSilence(alarm),
        ),
      ),
);

/** Whether missing data are what an alarm tells: not by the state ALARM, in which it would be from the start. */
const tellsSilence = ({ of }: Resource) =>
  of.treat_missing_data === 'missing' && referencesIn(of.insufficient_data_actions).length > 0;

/** What lets people know how the system does, and see what it could not do. */
export const OPERATION_CHECKS: readonly Check[] = [
  each(
    'log-retention',
    'aws_cloudwatch_log_group',
    'the log group keeps its lines forever',
    ({ of }) => Number(of.retention_in_days) > 0,
  ),
  logsHere('aws_lambda_function', 'logging_config', 'log_group'),
  logsHere('aws_sfn_state_machine', 'logging_configuration', 'log_destination'),
  logsHere('aws_apigatewayv2_stage', 'access_log_settings', 'destination_arn'),
  ...watched('aws_lambda_function', 'AWS/Lambda', 'FunctionName', 'Errors', 'Throttles'),
  ...watched('aws_sqs_queue', 'AWS/SQS', 'QueueName', 'ApproximateNumberOfMessagesVisible'),
  ...watched(
    'aws_sfn_state_machine',
    'AWS/States',
    'StateMachineArn',
    'ExecutionsFailed',
    'ExecutionsTimedOut',
    'ExecutionThrottled',
  ),
  ...watched('aws_apigatewayv2_api', 'AWS/ApiGateway', 'ApiId', '5xx'),
  ...watched('aws_dynamodb_table', 'AWS/DynamoDB', 'TableName', 'ReadThrottleEvents', 'WriteThrottleEvents'),
  ...['ReadThrottleEvents', 'WriteThrottleEvents'].map(indexesWatched),
  ...watched(
    'aws_cloudwatch_event_rule',
    'AWS/Events',
    'RuleName',
    'FailedInvocations',
    'InvocationsFailedToBeSentToDlq',
  ),
  ...watched('aws_sns_topic', 'AWS/SNS', 'TopicName', 'NumberOfNotificationsFailed'),
  silenceWatched,
  each(
    'alarms',
    ALARM,
    'the alarm tells nobody: it has no topic with a subscription as its action',
    ({ of }, document) =>
      of.actions_enabled !== false &&
      ofType(document, 'aws_sns_topic').some(
        (topic) =>
          referencesIn(of.alarm_actions).includes(topic.address) &&
          about(document, 'aws_sns_topic_subscription', 'topic_arn', topic).length > 0,
      ),
  ),
  each('alarms', ALARM, 'the description lacks priority or runbook', ({ of }) =>
    /^(?:(HIGH|MEDIUM|LOW) PRIORITY: .+ Runbook: |優先度(HIGH|MEDIUM|LOW)：.+手順書：)https:\/\/\S+#alarm-[a-z0-9-]+$/.test(
      String(of.alarm_description),
    ),
  ),
  each(
    'alarms',
    ALARM,
    'the alarm goes off when there is no traffic, or before there is any',
    (alarm) => alarm.of.treat_missing_data === 'notBreaching' || tellsSilence(alarm),
  ),
  each('dead-letters', TARGET, 'events that cannot be delivered are lost', (target) =>
    has(target, 'dead_letter_config', 'arn'),
  ),
  each(
    'dead-letters',
    'aws_sns_topic_subscription',
    'messages that cannot be delivered are lost',
    (subscription) => subscription.of.protocol === 'email' || has(subscription, 'redrive_policy'),
  ),
  each(
    'dead-letters',
    FUNCTION,
    'the function is invoked asynchronously, and what it fails on is lost',
    (lambda, document) =>
      !invokedByEvents(document).includes(lambda.address) ||
      has(lambda, 'dead_letter_config', 'target_arn') ||
      about(document, 'aws_lambda_function_event_invoke_config', 'function_name', lambda).some((config) =>
        has(config, 'destination_config', 'on_failure', 'destination'),
      ),
  ),
  // As long as SQS keeps anything: 14 days.
  each(
    'dead-letters',
    'aws_sqs_queue',
    'the queue forgets messages in less than 14 days',
    ({ of }) => of.message_retention_seconds === 14 * 24 * 60 * 60,
  ),
  // HTTP APIs cannot be traced; what they call is.
  inAws('tracing', FUNCTION, 'the function is not traced', ({ of }) =>
    valuesAt(of, 'tracing_config', 'mode').includes('Active'),
  ),
  inAws('tracing', STATE_MACHINE, 'the state machine is not traced', (machine) =>
    isTrue(machine, 'tracing_configuration', 'enabled'),
  ),
];

/** The functions that nobody who waits for an answer calls. */
function invokedByEvents(document: Document): readonly string[] {
  return ofType(document, TARGET, 'aws_sns_topic_subscription')
    .flatMap((caller) => functionsOf(caller, document))
    .map(({ address }) => address);
}

/** The functions that a target or a subscription calls, by themselves or by an alias. */
function functionsOf({ of }: Resource, document: Document): readonly Resource[] {
  const called = referencesIn([of.arn, of.endpoint]);
  const aliases = ofType(document, 'aws_lambda_alias').filter(({ address }) => called.includes(address));
  const all = [...called, ...aliases.flatMap((alias) => referencesIn(alias.of.function_name))];
  return ofType(document, FUNCTION).filter(({ address }) => all.includes(address));
}
