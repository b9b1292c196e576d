interface Texts {
  text(argument: string): string;
}

/** What an attribute that AWS decides on is computed from. */
interface Known {
  readonly resource: Texts & { block(kind: string): Texts };
  /** Name of the resource in the document, which serves as id where AWS would invent one. */
  readonly id: string;
  readonly region: string;
  /** Region and account, as ARNs have them. */
  readonly place: string;
}

const functionArn = ({ resource, place }: Known) =>
  `arn:aws:lambda:${place}:function:${resource.text('function_name')}`;
const aliasArn = (known: Known) => `${functionArn(known)}:${known.resource.text('name')}`;
const stateMachineArn = ({ resource, place }: Known) => `arn:aws:states:${place}:stateMachine:${resource.text('name')}`;
const id = (known: Known) => known.id;

/** The attributes that AWS decides on and that the local stack reads; the one version is published as 1. */
export const COMPUTED: Readonly<Record<string, (known: Known) => string>> = {
  'aws_apigatewayv2_api.id': id,
  'aws_apigatewayv2_authorizer.id': id,
  'aws_apigatewayv2_integration.id': id,
  'aws_cloudwatch_event_rule.arn': ({ resource, place }) => `arn:aws:events:${place}:rule/${resource.text('name')}`,
  'aws_cloudwatch_metric_alarm.arn': ({ resource, place }) =>
    `arn:aws:cloudwatch:${place}:alarm:${resource.text('alarm_name')}`,
  'aws_cognito_user_pool.id': (known) => `${known.region}_${known.id}`,
  'aws_cognito_user_pool_client.id': id,
  'aws_lambda_alias.arn': aliasArn,
  'aws_lambda_alias.invoke_arn': (known) =>
    `arn:aws:apigateway:${known.region}:lambda:path/2015-03-31/functions/${aliasArn(known)}/invocations`,
  'aws_lambda_function.arn': functionArn,
  'aws_lambda_function.qualified_arn': (known) => `${functionArn(known)}:1`,
  'aws_lambda_function.version': () => '1',
  'aws_s3_bucket.id': ({ resource }) => resource.text('bucket'),
  // An alias routes to a version, whose ARN is the state machine's with a number behind it.
  'aws_sfn_alias.arn': ({ resource }) =>
    resource.block('routing_configuration').text('state_machine_version_arn').replace(/\d+$/, resource.text('name')),
  'aws_sfn_state_machine.arn': stateMachineArn,
  'aws_sfn_state_machine.state_machine_version_arn': (known) => `${stateMachineArn(known)}:1`,
  'aws_sns_topic.arn': ({ resource, place }) => `arn:aws:sns:${place}:${resource.text('name')}`,
};
