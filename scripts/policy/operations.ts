import { type Document, isTrue, means, ofType, type Resource, referencesIn, valuesAt } from './document.ts';
import { type Finding, failing, type Rule } from './rule.ts';

export const OPERATION_RULES: readonly Rule[] = [
  { name: 'log-retention', check: logRetention },
  { name: 'alarms', notEmulated: true, check: alarms },
  { name: 'dead-letters', check: deadLetters },
  { name: 'tracing', notEmulated: true, check: tracing },
];

/** Logs go away in time, and nothing logs to a group that AWS would make by itself, which keeps them forever. */
function logRetention(document: Document): readonly Finding[] {
  const groups = ofType(document, 'aws_cloudwatch_log_group');
  const logsToOurs = (...path: readonly string[]) => {
    const ours = new Set(groups.map(({ address }) => address));
    return ({ of }: Resource) => referencesIn(valuesAt(of, ...path)).some((address) => ours.has(address));
  };
  return [
    ...failing(groups, ({ of }) => Number(of.retention_in_days) > 0, 'the log group keeps its lines forever'),
    ...failing(
      ofType(document, 'aws_lambda_function'),
      logsToOurs('logging_config', 'log_group'),
      'the function logs to no log group of this stack',
    ),
    ...failing(
      ofType(document, 'aws_sfn_state_machine'),
      logsToOurs('logging_configuration', 'log_destination'),
      'the state machine logs to no log group of this stack',
    ),
    ...failing(
      ofType(document, 'aws_apigatewayv2_stage'),
      logsToOurs('access_log_settings', 'destination_arn'),
      'the API logs to no log group of this stack',
    ),
  ];
}

/** What must be watched: metrics of a type of resource, and how an alarm names the resource. */
const WATCHED = [
  {
    type: 'aws_lambda_function',
    named: 'function_name',
    namespace: 'AWS/Lambda',
    dimension: 'FunctionName',
    metrics: ['Errors', 'Throttles'],
  },
  {
    type: 'aws_sqs_queue',
    named: 'name',
    namespace: 'AWS/SQS',
    dimension: 'QueueName',
    metrics: ['ApproximateNumberOfMessagesVisible'],
  },
  {
    type: 'aws_sfn_state_machine',
    named: 'arn',
    namespace: 'AWS/States',
    dimension: 'StateMachineArn',
    metrics: ['ExecutionsFailed', 'ExecutionsTimedOut'],
  },
  { type: 'aws_apigatewayv2_api', named: 'id', namespace: 'AWS/ApiGateway', dimension: 'ApiId', metrics: ['5xx'] },
] as const;

/** Whatever can fail has an alarm, and every alarm tells somebody. */
function alarms(document: Document): readonly Finding[] {
  const all = ofType(document, 'aws_cloudwatch_metric_alarm');
  const metrics = all.flatMap(({ of }) => [of, ...valuesAt(of, 'metric_query', 'metric')]);
  const subscriptions = ofType(document, 'aws_sns_topic_subscription');
  const heard = new Set(subscriptions.flatMap(({ of }) => referencesIn(of.topic_arn)));
  return [
    ...WATCHED.flatMap(({ type, named, namespace, dimension, metrics: names }) =>
      names.flatMap((name) =>
        failing(
          ofType(document, type),
          (resource) =>
            metrics.some(
              (metric) =>
                valuesAt(metric, 'namespace').includes(namespace) &&
                valuesAt(metric, 'metric_name').includes(name) &&
                valuesAt(metric, 'dimensions', dimension).some((value) => means(value, resource, named)),
            ),
          `no alarm watches ${name}`,
        ),
      ),
    ),
    ...failing(
      all,
      (alarm) =>
        alarm.of.actions_enabled !== false &&
        referencesIn(alarm.of.alarm_actions).some(
          (address) => address.startsWith('aws_sns_topic.') && heard.has(address),
        ),
      'the alarm tells nobody: it has no topic with a subscription as its action',
    ),
    ...failing(
      all,
      ({ of }) => /\bPRIORITY\b.* Runbook: https:\/\/\S+#\S+$/.test(String(of.alarm_description)),
      'the description lacks priority or runbook',
    ),
  ];
}

/** What is invoked without a caller who would notice a failure keeps what failed. */
function deadLetters(document: Document): readonly Finding[] {
  const targets = ofType(document, 'aws_cloudwatch_event_target', 'aws_scheduler_schedule');
  const subscriptions = ofType(document, 'aws_sns_topic_subscription').filter(
    ({ of }) => of.protocol === 'lambda' || of.protocol === 'sqs',
  );
  const aliases = ofType(document, 'aws_lambda_alias');
  const invoked = new Set(
    [...targets, ...subscriptions]
      .flatMap(({ of }) => referencesIn([of.arn, of.endpoint, of.target]))
      .flatMap((address) => [
        address,
        ...aliases.filter((alias) => alias.address === address).flatMap(({ of }) => referencesIn(of.function_name)),
      ]),
  );
  const configs = ofType(document, 'aws_lambda_function_event_invoke_config').filter(
    ({ of }) => valuesAt(of, 'destination_config', 'on_failure', 'destination').length > 0,
  );
  return [
    ...failing(
      targets,
      ({ of }) => valuesAt([of, ...valuesAt(of, 'target')], 'dead_letter_config', 'arn').length > 0,
      'events that cannot be delivered are lost',
    ),
    ...failing(
      subscriptions,
      ({ of }) => valuesAt(of, 'redrive_policy').length > 0,
      'messages that cannot be delivered are lost',
    ),
    ...failing(
      ofType(document, 'aws_lambda_function').filter(({ address }) => invoked.has(address)),
      (lambda) =>
        valuesAt(lambda.of, 'dead_letter_config', 'target_arn').length > 0 ||
        configs.some(({ of }) => means(of.function_name, lambda, 'function_name')),
      'the function is invoked asynchronously, and what it fails on is lost',
    ),
  ];
}

/** HTTP APIs cannot be traced; what they call is. */
function tracing(document: Document): readonly Finding[] {
  return [
    ...failing(
      ofType(document, 'aws_lambda_function'),
      ({ of }) => valuesAt(of, 'tracing_config', 'mode').includes('Active'),
      'the function is not traced',
    ),
    ...failing(
      ofType(document, 'aws_sfn_state_machine'),
      (machine) => isTrue(machine, 'tracing_configuration', 'enabled'),
      'the state machine is not traced',
    ),
  ];
}
