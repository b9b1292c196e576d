import { checkPattern, type EventRule } from '../aws/events/events.ts';
import { type Schedule, secondsOf } from '../aws/events/schedule.ts';
import type { Topic } from '../aws/sns/publish.ts';
import type { GatewayRoute } from '../http/routes.ts';
import { readAlarms } from './alarms.ts';
import { type Block, readTerraformDocument, type TerraformDocument, TerraformError } from './document.ts';

export { TerraformError } from './document.ts';

export type TableDescription = Readonly<ReturnType<typeof readTable>>;
/** What the local stack runs, read from the Terraform JSON of a stage. */
export type StackDescription = Readonly<ReturnType<typeof readTerraform>>;

/**
 * Reads the Terraform JSON that `make synth` writes.
 * @param path of `cdk.tf.json`
 * @throws TerraformError naming the reference that cannot be resolved, or the resource and the argument that it lacks
 */
export function readTerraform(path: string) {
  const document = readTerraformDocument(path);
  const { region, account, stage, prefix } = document;
  const authorizer = document.one('aws_apigatewayv2_authorizer');
  const jwt = authorizer.block('jwt_configuration');
  return {
    region,
    account,
    stage,
    /** Starts the name of everything: `goal-activity-<stage>`. */
    prefix,
    functions: readFunctions(document),
    tables: document.all('aws_dynamodb_table').map(readTable),
    stateMachine: readStateMachine(document),
    topics: readTopics(document),
    routes: readRoutes(document),
    authorizer: { issuer: jwt.text('issuer'), audience: jwt.texts('audience') },
    /** Of the HTTP API, as its metrics have it. */
    apiId: document.one('aws_apigatewayv2_api').attribute('id'),
    ...readRules(document),
    alarms: readAlarms(document),
    buckets: document.all('aws_s3_bucket').map((bucket) => bucket.text('bucket')),
  };
}

/** The Lambda functions, as deployed. */
function readFunctions(document: TerraformDocument) {
  return document.all('aws_lambda_function').map((resource) => {
    const functionName = resource.text('function_name');
    const reserved = resource.number('reserved_concurrent_executions', -1);
    return {
      /** Without the prefix, such as `save-tasks`. */
      name: functionName.slice(document.prefix.length + 1),
      functionName,
      arn: resource.attribute('arn'),
      /** Of the published version, which the state machine calls. */
      qualifiedArn: resource.attribute('qualified_arn'),
      version: resource.attribute('version'),
      handler: resource.text('handler'),
      timeoutSeconds: resource.number('timeout'),
      memoryMb: resource.number('memory_size'),
      /** Invocations at once that are kept for it, and that it may not go beyond. 0 switches it off, -1 is Terraform's none. */
      reservedConcurrency: reserved < 0 ? undefined : reserved,
      environment: resource.blocks('environment')[0]?.map('variables') ?? {},
    };
  });
}

function readTable(table: Block) {
  return {
    name: table.text('name'),
    hashKey: table.text('hash_key'),
    rangeKey: table.optionalText('range_key'),
    attributes: table.blocks('attribute').map((attribute) => ({
      name: attribute.text('name'),
      type: attribute.word('type', ['S', 'N', 'B']),
    })),
    globalSecondaryIndexes: table.blocks('global_secondary_index').map((index) => ({
      name: index.text('name'),
      ...readKeySchema(index),
      projectionType: index.word('projection_type', ['ALL', 'KEYS_ONLY']),
    })),
    /** Holds the epoch second after which a row may be deleted. */
    ttlAttribute: table.blocks('ttl')[0]?.text('attribute_name'),
  };
}

/** The keys of an index, which has no two of a kind here. */
function readKeySchema(index: Block) {
  const keys = index.blocks('key_schema');
  const of = (type: 'HASH' | 'RANGE') => {
    const [key, another] = keys.filter((each) => each.word('key_type', ['HASH', 'RANGE']) === type);
    if (another !== undefined) throw new TerraformError(`${index.at}: the local DynamoDB takes one ${type} key`);
    return key?.text('attribute_name');
  };
  const hashKey = of('HASH');
  if (hashKey === undefined) throw new TerraformError(`${index.at} lacks a HASH key`);
  return { hashKey, rangeKey: of('RANGE') };
}

function readStateMachine(document: TerraformDocument) {
  const resource = document.one('aws_sfn_state_machine');
  return {
    arn: resource.attribute('arn'),
    name: resource.text('name'),
    /** Parsed, with the ARNs of published versions. */
    definition: resource.json('definition'),
    aliasArns: document.all('aws_sfn_alias').map((alias) => alias.attribute('arn')),
  };
}

function readTopics(document: TerraformDocument): Topic[] {
  const subscriptions = document.all('aws_sns_topic_subscription').map((subscription) => ({
    arn: subscription.text('topic_arn'),
    email: subscription.text('protocol') === 'email' ? [subscription.text('endpoint')] : [],
  }));
  return document.all('aws_sns_topic').map((topic) => {
    const arn = topic.attribute('arn');
    const emails = subscriptions.flatMap((subscription) => (subscription.arn === arn ? subscription.email : []));
    return { arn, name: topic.text('name'), emails };
  });
}

function readRoutes(document: TerraformDocument): GatewayRoute[] {
  const functionOfTarget = new Map(
    document.all('aws_apigatewayv2_integration').map((integration) => {
      integration.word('integration_type', ['AWS_PROXY']);
      integration.word('payload_format_version', ['2.0']);
      return [`integrations/${integration.attribute('id')}`, functionOf(document, integration, 'integration_uri')];
    }),
  );
  return document.all('aws_apigatewayv2_route').map((route) => {
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
function readRules(document: TerraformDocument): { rules: EventRule[]; schedules: Schedule[] } {
  const targets = document.all('aws_cloudwatch_event_target').map((target) => ({
    rule: target.text('rule'),
    functionName: functionOf(document, target, 'arn'),
  }));
  const rules: EventRule[] = [];
  const schedules: Schedule[] = [];
  for (const rule of document.all('aws_cloudwatch_event_rule')) {
    const name = rule.text('name');
    const called = targets.flatMap((target) => (target.rule === name ? [{ functionName: target.functionName }] : []));
    try {
      if (rule.has('schedule_expression')) {
        const everySeconds = secondsOf(rule.text('schedule_expression'));
        schedules.push({ name, arn: rule.attribute('arn'), everySeconds, targets: called });
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
  const isKnown = document.all('aws_lambda_function').some((each) => each.text('function_name') === name);
  if (name !== undefined && isKnown) return name;
  throw new TerraformError(`${block.at}: ${argument} is ${text}, which is no function of the stack`);
}
