import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FromSchema } from 'json-schema-to-ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const texts = { type: 'array', items: text } as const;

const documentSchema = {
  type: 'object',
  required: ['//', 'provider', 'resource'],
  properties: {
    '//': {
      type: 'object',
      required: ['metadata'],
      properties: { metadata: { type: 'object', required: ['stackName'], properties: { stackName: text } } },
    },
    provider: {
      type: 'object',
      required: ['aws'],
      properties: {
        aws: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['region', 'allowed_account_ids', 'default_tags'],
            properties: {
              region: text,
              allowed_account_ids: { ...texts, minItems: 1 },
              default_tags: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'object',
                  required: ['tags'],
                  properties: { tags: { type: 'object', required: ['Stage'], properties: { Stage: text } } },
                },
              },
            },
          },
        },
      },
    },
    resource: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'object' } },
    },
  },
} as const;

const functionSchema = {
  type: 'object',
  required: ['function_name', 'handler', 'filename', 'timeout', 'memory_size'],
  properties: {
    function_name: text,
    handler: text,
    filename: text,
    timeout: { type: 'integer' },
    memory_size: { type: 'integer' },
    reserved_concurrent_executions: { type: 'integer' },
    environment: {
      type: 'object',
      required: ['variables'],
      properties: { variables: { type: 'object', additionalProperties: text } },
    },
  },
} as const;

const tableSchema = {
  type: 'object',
  required: ['name', 'hash_key', 'attribute'],
  properties: {
    name: text,
    hash_key: text,
    range_key: text,
    attribute: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'type'],
        properties: { name: text, type: { enum: ['S', 'N', 'B'] } },
      },
    },
    global_secondary_index: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'hash_key', 'projection_type'],
        properties: { name: text, hash_key: text, range_key: text, projection_type: { enum: ['ALL', 'KEYS_ONLY'] } },
      },
    },
    ttl: {
      type: 'object',
      required: ['attribute_name', 'enabled'],
      properties: { attribute_name: text, enabled: flag },
    },
  },
} as const;

const stateMachineSchema = {
  type: 'object',
  required: ['name', 'definition'],
  properties: { name: text, definition: text },
} as const;

const namedSchema = { type: 'object', required: ['name'], properties: { name: text } } as const;

const subscriptionSchema = {
  type: 'object',
  required: ['topic_arn', 'protocol', 'endpoint'],
  properties: { topic_arn: text, protocol: text, endpoint: text },
} as const;

const authorizerSchema = {
  type: 'object',
  required: ['authorizer_type', 'jwt_configuration'],
  properties: {
    authorizer_type: { enum: ['JWT'] },
    jwt_configuration: {
      type: 'object',
      required: ['issuer', 'audience'],
      properties: { issuer: text, audience: { ...texts, minItems: 1 } },
    },
  },
} as const;

const routeSchema = {
  type: 'object',
  required: ['route_key', 'target'],
  properties: {
    route_key: text,
    target: text,
    authorization_type: { enum: ['NONE', 'JWT'] },
    authorizer_id: text,
  },
} as const;

/** The one kind of integration that the local gateway imitates. */
const integrationSchema = {
  type: 'object',
  required: ['integration_type', 'integration_uri', 'payload_format_version'],
  properties: {
    integration_type: { enum: ['AWS_PROXY'] },
    integration_uri: text,
    payload_format_version: { enum: ['2.0'] },
  },
} as const;

const ruleSchema = {
  type: 'object',
  required: ['name'],
  properties: { name: text, event_pattern: text, schedule_expression: text },
} as const;

const targetSchema = {
  type: 'object',
  required: ['rule', 'arn'],
  properties: { rule: text, arn: text, input: text },
} as const;

const apiSchema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: text,
    cors_configuration: {
      type: 'object',
      properties: {
        allow_credentials: flag,
        allow_headers: texts,
        allow_methods: texts,
        allow_origins: texts,
        expose_headers: texts,
        max_age: { type: 'integer' },
      },
    },
  },
} as const;

const bucketSchema = { type: 'object', required: ['bucket'], properties: { bucket: text } } as const;

const dimensionsSchema = { type: 'object', additionalProperties: text } as const;

const alarmSchema = {
  type: 'object',
  required: ['alarm_name', 'comparison_operator', 'evaluation_periods', 'threshold'],
  properties: {
    alarm_name: text,
    alarm_description: text,
    comparison_operator: {
      enum: [
        'GreaterThanOrEqualToThreshold',
        'GreaterThanThreshold',
        'LessThanOrEqualToThreshold',
        'LessThanThreshold',
      ],
    },
    evaluation_periods: { type: 'integer', minimum: 1 },
    datapoints_to_alarm: { type: 'integer', minimum: 1 },
    threshold: { type: 'number' },
    treat_missing_data: { enum: ['breaching', 'ignore', 'missing', 'notBreaching'] },
    namespace: text,
    metric_name: text,
    dimensions: dimensionsSchema,
    period: { type: 'integer', minimum: 1 },
    statistic: text,
    extended_statistic: text,
    unit: text,
    metric_query: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id'],
        properties: {
          id: text,
          expression: text,
          label: text,
          period: { type: 'integer', minimum: 1 },
          return_data: flag,
          metric: {
            type: 'object',
            required: ['metric_name', 'namespace', 'period', 'stat'],
            properties: {
              metric_name: text,
              namespace: text,
              period: { type: 'integer', minimum: 1 },
              stat: text,
              unit: text,
              dimensions: dimensionsSchema,
            },
          },
        },
      },
    },
    actions_enabled: flag,
    alarm_actions: texts,
    ok_actions: texts,
    insufficient_data_actions: texts,
  },
} as const;

/** A type of resource, with the arguments that the local stack reads; others are neither resolved nor checked. */
export interface Kind<T> {
  readonly type: string;
  readonly arguments: readonly string[];
  readonly isValid: ValidateFunction<T>;
}

const ajv = new Ajv();

function kind<T>(type: string, schema: { readonly properties: object }): Kind<T> {
  return { type, arguments: Object.keys(schema.properties), isValid: ajv.compile<T>(schema) };
}

export const isDocument = ajv.compile<FromSchema<typeof documentSchema>>(documentSchema);

export type MetricAlarm = FromSchema<typeof alarmSchema>;
export type Table = FromSchema<typeof tableSchema>;

export const FUNCTION = kind<FromSchema<typeof functionSchema>>('aws_lambda_function', functionSchema);
export const TABLE = kind<Table>('aws_dynamodb_table', tableSchema);
export const STATE_MACHINE = kind<FromSchema<typeof stateMachineSchema>>('aws_sfn_state_machine', stateMachineSchema);
export const STATE_MACHINE_ALIAS = kind<FromSchema<typeof namedSchema>>('aws_sfn_alias', namedSchema);
export const TOPIC = kind<FromSchema<typeof namedSchema>>('aws_sns_topic', namedSchema);
export const SUBSCRIPTION = kind<FromSchema<typeof subscriptionSchema>>(
  'aws_sns_topic_subscription',
  subscriptionSchema,
);
export const AUTHORIZER = kind<FromSchema<typeof authorizerSchema>>('aws_apigatewayv2_authorizer', authorizerSchema);
export const ROUTE = kind<FromSchema<typeof routeSchema>>('aws_apigatewayv2_route', routeSchema);
export const INTEGRATION = kind<FromSchema<typeof integrationSchema>>(
  'aws_apigatewayv2_integration',
  integrationSchema,
);
export const RULE = kind<FromSchema<typeof ruleSchema>>('aws_cloudwatch_event_rule', ruleSchema);
export const TARGET = kind<FromSchema<typeof targetSchema>>('aws_cloudwatch_event_target', targetSchema);
export const API = kind<FromSchema<typeof apiSchema>>('aws_apigatewayv2_api', apiSchema);
export const BUCKET = kind<FromSchema<typeof bucketSchema>>('aws_s3_bucket', bucketSchema);
export const ALARM = kind<MetricAlarm>('aws_cloudwatch_metric_alarm', alarmSchema);

/** Says where in a document an error is, and what must be there instead. */
export function describeErrors(at: string, errors: readonly ErrorObject[] | null | undefined): string {
  const [error] = errors ?? [];
  if (error === undefined) return `${at} is invalid`;
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required') {
    return `${at} lacks ${path === '' ? '' : `${path}.`}${String(error.params.missingProperty)}`;
  }
  const allowed: unknown = error.params.allowedValues;
  const must = Array.isArray(allowed) ? `must be ${allowed.join(' or ')}` : error.message;
  return path === '' ? `${at} ${must}` : `${at}: ${path} ${must}`;
}
