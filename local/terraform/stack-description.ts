import type { Alarm } from '../aws/cloudwatch/alarm.ts';
import { checkPattern, type EventRule } from '../aws/events/events.ts';
import { type Schedule, secondsOf } from '../aws/events/schedule.ts';
import type { Topic } from '../aws/sns/publish.ts';
import type { CorsSettings } from '../http/cors.ts';
import type { GatewayRoute } from '../http/routes.ts';
import { readAlarms } from './alarms.ts';
import { type Block, readTerraformDocument, type TerraformDocument, TerraformError } from './document.ts';

export { TerraformError } from './document.ts';

/** A Lambda function, as deployed. */
export interface FunctionDescription {
  /** Name without the prefix, such as `save-tasks`. */
  readonly name: string;
  readonly functionName: string;
  readonly arn: string;
  /** ARN of the published version, which the state machine calls. */
  readonly qualifiedArn: string;
  readonly version: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Invocations at once that are kept for it, and that it may not go beyond. */
  readonly reservedConcurrency: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** A global secondary index of a table. */
export interface IndexDescription {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey: string | undefined;
  readonly projectionType: 'ALL' | 'KEYS_ONLY';
}

/** A DynamoDB table. */
export interface TableDescription {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey: string | undefined;
  readonly attributes: readonly { readonly name: string; readonly type: 'S' | 'N' | 'B' }[];
  readonly globalSecondaryIndexes: readonly IndexDescription[];
  /** Attribute with the epoch second after which a row may be deleted. */
  readonly ttlAttribute: string | undefined;
}

/** What the local stack runs, read from the Terraform JSON of a stage. */
export interface StackDescription {
  readonly region: string;
  readonly account: string;
  readonly stage: string;
  /** Starts the name of everything: `goal-activity-<stage>`. */
  readonly prefix: string;
  readonly functions: readonly FunctionDescription[];
  readonly tables: readonly TableDescription[];
  readonly stateMachine: {
    readonly arn: string;
    readonly name: string;
    /** The Amazon States Language document, parsed, with the ARNs of published versions. */
    readonly definition: unknown;
    readonly aliasArns: readonly string[];
  };
  readonly topics: readonly Topic[];
  readonly routes: readonly GatewayRoute[];
  readonly authorizer: { readonly issuer: string; readonly audience: readonly string[] };
  /** The HTTP API: its id, as its metrics have it, and CORS if it is configured. */
  readonly api: { readonly id: string; readonly cors: CorsSettings | undefined };
  /** The rules that match events. */
  readonly rules: readonly EventRule[];
  /** The rules that run on a schedule. */
  readonly schedules: readonly Schedule[];
  readonly alarms: readonly Alarm[];
  readonly buckets: readonly string[];
}

/**
 * Reads the Terraform JSON that `make synth` writes.
 * @param path of `cdk.tf.json`
 * @throws TerraformError naming the reference that cannot be resolved, or the resource and the argument that it lacks
 */
export function readTerraform(path: string): StackDescription {
  const document = readTerraformDocument(path);
  const { region, account, stage, prefix } = document;
  const [, authorizer] = document.one('aws_apigatewayv2_authorizer');
  const jwt = authorizer.block('jwt_configuration');
  return {
    region,
    account,
    stage,
    prefix,
    functions: readFunctions(document),
    tables: document.all('aws_dynamodb_table').map(([, table]) => readTable(table)),
    stateMachine: readStateMachine(document),
    topics: readTopics(document),
    routes: readRoutes(document),
    authorizer: { issuer: jwt.text('issuer'), audience: jwt.texts('audience') },
    api: readApi(document),
    ...readRules(document),
    alarms: readAlarms(document),
    buckets: document.all('aws_s3_bucket').map(([, bucket]) => bucket.text('bucket')),
  };
}

function readFunctions(document: TerraformDocument): FunctionDescription[] {
  const type = 'aws_lambda_function';
  return document.all(type).map(([name, resource]) => {
    const functionName = resource.text('function_name');
    const reserved = resource.has('reserved_concurrent_executions')
      ? resource.number('reserved_concurrent_executions')
      : -1;
    return {
      name: functionName.slice(document.prefix.length + 1),
      functionName,
      arn: document.attribute(type, name, 'arn'),
      qualifiedArn: document.attribute(type, name, 'qualified_arn'),
      version: document.attribute(type, name, 'version'),
      handler: resource.text('handler'),
      timeoutSeconds: resource.number('timeout'),
      memoryMb: resource.number('memory_size'),
      // Terraform writes -1 for none; 0 switches a function off.
      reservedConcurrency: reserved < 0 ? undefined : reserved,
      environment: resource.blocks('environment')[0]?.map('variables') ?? {},
    };
  });
}

function readTable(table: Block): TableDescription {
  const keys = (block: Block) => ({ hashKey: block.text('hash_key'), rangeKey: block.optionalText('range_key') });
  return {
    name: table.text('name'),
    ...keys(table),
    attributes: table.blocks('attribute').map((attribute) => ({
      name: attribute.text('name'),
      type: attribute.word('type', ['S', 'N', 'B']),
    })),
    globalSecondaryIndexes: table.blocks('global_secondary_index').map((index) => ({
      name: index.text('name'),
      ...keys(index),
      projectionType: index.word('projection_type', ['ALL', 'KEYS_ONLY']),
    })),
    ttlAttribute: table.blocks('ttl')[0]?.text('attribute_name'),
  };
}

function readStateMachine(document: TerraformDocument): StackDescription['stateMachine'] {
  const type = 'aws_sfn_state_machine';
  const [name, resource] = document.one(type);
  return {
    arn: document.attribute(type, name, 'arn'),
    name: resource.text('name'),
    definition: resource.json('definition'),
    aliasArns: document.all('aws_sfn_alias').map(([alias]) => document.attribute('aws_sfn_alias', alias, 'arn')),
  };
}

function readTopics(document: TerraformDocument): Topic[] {
  const subscriptions = document.all('aws_sns_topic_subscription').map(([, subscription]) => ({
    arn: subscription.text('topic_arn'),
    email: subscription.text('protocol') === 'email' ? [subscription.text('endpoint')] : [],
  }));
  return document.all('aws_sns_topic').map(([name, topic]) => {
    const arn = document.attribute('aws_sns_topic', name, 'arn');
    const emails = subscriptions.flatMap((subscription) => (subscription.arn === arn ? subscription.email : []));
    return { arn, name: topic.text('name'), emails };
  });
}

function readApi(document: TerraformDocument): StackDescription['api'] {
  const [id, api] = document.one('aws_apigatewayv2_api');
  const [cors] = api.blocks('cors_configuration');
  return {
    id,
    cors: cors && {
      allowOrigins: cors.texts('allow_origins'),
      allowMethods: cors.texts('allow_methods'),
      allowHeaders: cors.texts('allow_headers'),
      exposeHeaders: cors.texts('expose_headers'),
      maxAgeSeconds: cors.has('max_age') ? cors.number('max_age') : undefined,
    },
  };
}

function readRoutes(document: TerraformDocument): GatewayRoute[] {
  const functionOfTarget = new Map(
    document.all('aws_apigatewayv2_integration').map(([id, integration]) => {
      integration.word('integration_type', ['AWS_PROXY']);
      integration.word('payload_format_version', ['2.0']);
      return [`integrations/${id}`, functionOf(document, integration, 'integration_uri')];
    }),
  );
  return document.all('aws_apigatewayv2_route').map(([, route]) => {
    const functionName = functionOfTarget.get(route.text('target'));
    if (functionName === undefined) throw new TerraformError(`${route.at}: target is no integration`);
    return {
      routeKey: route.text('route_key'),
      functionName,
      authorizer: route.word('authorization_type', ['JWT', 'NONE']) === 'JWT',
    };
  });
}

/** The rules that match events, and those that run on a schedule. */
function readRules(document: TerraformDocument): Pick<StackDescription, 'rules' | 'schedules'> {
  const targets = document.all('aws_cloudwatch_event_target').map(([, target]) => ({
    rule: target.text('rule'),
    functionName: functionOf(document, target, 'arn'),
  }));
  const rules: EventRule[] = [];
  const schedules: Schedule[] = [];
  for (const [id, rule] of document.all('aws_cloudwatch_event_rule')) {
    const name = rule.text('name');
    const called = targets.flatMap((target) => (target.rule === name ? [{ functionName: target.functionName }] : []));
    try {
      if (rule.has('schedule_expression')) {
        const everySeconds = secondsOf(rule.text('schedule_expression'));
        const arn = document.attribute('aws_cloudwatch_event_rule', id, 'arn');
        schedules.push({ name, arn, everySeconds, targets: called });
      } else {
        const eventPattern = rule.json('event_pattern');
        checkPattern(eventPattern);
        rules.push({ name, eventPattern, targets: called });
      }
    } catch (cause) {
      throw new TerraformError(`${rule.at}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  return { rules, schedules };
}

/** The function in a Lambda ARN, qualified or not, which an integration's URI wraps. */
function functionOf(document: TerraformDocument, block: Block, argument: string): string {
  const text = block.text(argument);
  const name = /arn:aws:lambda:[^:]+:[^:]+:function:([\w-]+)/.exec(text)?.[1];
  const isKnown = document.all('aws_lambda_function').some(([, each]) => each.text('function_name') === name);
  if (name !== undefined && isKnown) return name;
  throw new TerraformError(`${block.at}: ${argument} is ${text}, which is no function of the stack`);
}
