import { dirname, resolve } from 'node:path';
import type { Alarm } from '../aws/cloudwatch/alarm.ts';
import type { EventRule } from '../aws/events/events.ts';
import type { Schedule } from '../aws/events/schedule.ts';
import type { CorsSettings } from '../http/cors.ts';
import { readAlarms } from './alarms.ts';
import { parseJson, readTerraformDocument, type TerraformDocument } from './document.ts';
import { functionOf, readRules, readSchedules } from './events.ts';
import { TerraformError } from './references.ts';
import {
  API,
  AUTHORIZER,
  BUCKET,
  FUNCTION,
  INTEGRATION,
  ROUTE,
  STATE_MACHINE,
  STATE_MACHINE_ALIAS,
  SUBSCRIPTION,
  TABLE,
  type Table,
  TOPIC,
} from './schemas.ts';

export { TerraformError } from './references.ts';

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
  /** Absolute. */
  readonly zipPath: string;
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
  readonly topics: readonly { readonly arn: string; readonly name: string; readonly emails: readonly string[] }[];
  readonly routes: readonly { routeKey: string; functionName: string; authorizer: boolean }[];
  readonly authorizer: { issuer: string; audience: readonly string[] };
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
  const functions = readFunctions(document, dirname(path));
  const functionNames = new Set(functions.map(({ functionName }) => functionName));
  const [authorizerName, authorizer] = document.one(AUTHORIZER);
  return {
    region,
    account,
    stage,
    prefix,
    functions,
    tables: document.all(TABLE).map(([, table]) => describeTable(table)),
    stateMachine: readStateMachine(document),
    topics: readTopics(document),
    routes: readRoutes(document, document.attribute(AUTHORIZER, authorizerName, 'id'), functionNames),
    authorizer: {
      issuer: authorizer.jwt_configuration.issuer,
      audience: authorizer.jwt_configuration.audience,
    },
    api: readApi(document),
    rules: readRules(document, functionNames),
    schedules: readSchedules(document, functionNames),
    alarms: readAlarms(document),
    buckets: document.all(BUCKET).map(([, { bucket }]) => bucket),
  };
}

function readFunctions(document: TerraformDocument, folder: string): FunctionDescription[] {
  return document.all(FUNCTION).map(([name, resource]) => {
    const attribute = (attribute: string) => document.attribute(FUNCTION, name, attribute);
    const start = `${document.prefix}-`;
    const { reserved_concurrent_executions: reserved = -1 } = resource;
    if (!resource.function_name.startsWith(start)) {
      throw new TerraformError(`aws_lambda_function.${name}: function_name must start with ${start}`);
    }
    return {
      name: resource.function_name.slice(start.length),
      functionName: resource.function_name,
      arn: attribute('arn'),
      qualifiedArn: attribute('qualified_arn'),
      version: attribute('version'),
      handler: resource.handler,
      zipPath: resolve(folder, resource.filename),
      timeoutSeconds: resource.timeout,
      memoryMb: resource.memory_size,
      // Terraform writes -1 for none; 0 switches a function off.
      reservedConcurrency: reserved < 0 ? undefined : reserved,
      environment: resource.environment?.variables ?? {},
    };
  });
}

function describeTable(table: Table): TableDescription {
  return {
    name: table.name,
    hashKey: table.hash_key,
    rangeKey: table.range_key,
    attributes: table.attribute.map(({ name, type }) => ({ name, type })),
    globalSecondaryIndexes: (table.global_secondary_index ?? []).map((index) => ({
      name: index.name,
      hashKey: index.hash_key,
      rangeKey: index.range_key,
      projectionType: index.projection_type,
    })),
    ttlAttribute: table.ttl?.enabled === true ? table.ttl.attribute_name : undefined,
  };
}

function readStateMachine(document: TerraformDocument): StackDescription['stateMachine'] {
  const [name, resource] = document.one(STATE_MACHINE);
  const aliases = document
    .all(STATE_MACHINE_ALIAS)
    .map(([alias]) => document.attribute(STATE_MACHINE_ALIAS, alias, 'arn'));
  return {
    arn: document.attribute(STATE_MACHINE, name, 'arn'),
    name: resource.name,
    definition: parseJson(resource.definition, `aws_sfn_state_machine.${name}: definition`),
    aliasArns: aliases,
  };
}

function readTopics(document: TerraformDocument): StackDescription['topics'] {
  const subscriptions = document.all(SUBSCRIPTION).map(([, subscription]) => subscription);
  return document.all(TOPIC).map(([name, topic]) => {
    const arn = document.attribute(TOPIC, name, 'arn');
    const emails = subscriptions.filter((each) => each.protocol === 'email' && each.topic_arn === arn);
    return { arn, name: topic.name, emails: emails.map(({ endpoint }) => endpoint) };
  });
}

function readApi(document: TerraformDocument): StackDescription['api'] {
  const [name, { cors_configuration: cors }] = document.one(API);
  return {
    id: document.attribute(API, name, 'id'),
    cors: cors && {
      allowOrigins: cors.allow_origins ?? [],
      allowMethods: cors.allow_methods ?? [],
      allowHeaders: cors.allow_headers ?? [],
      exposeHeaders: cors.expose_headers ?? [],
      ...(cors.max_age === undefined ? {} : { maxAgeSeconds: cors.max_age }),
      ...(cors.allow_credentials === undefined ? {} : { allowCredentials: cors.allow_credentials }),
    },
  };
}

function readRoutes(
  document: TerraformDocument,
  authorizerId: string,
  functionNames: ReadonlySet<string>,
): StackDescription['routes'] {
  const functionOfTarget = new Map(
    document.all(INTEGRATION).map(([name, integration]) => {
      const at = `aws_apigatewayv2_integration.${name}: integration_uri`;
      const target = `integrations/${document.attribute(INTEGRATION, name, 'id')}`;
      return [target, functionOf(integration.integration_uri, at, functionNames)];
    }),
  );
  return document.all(ROUTE).map(([name, route]) => {
    const at = `aws_apigatewayv2_route.${name}`;
    const functionName = functionOfTarget.get(route.target);
    if (functionName === undefined) throw new TerraformError(`${at}: target ${route.target} is no integration`);
    const authorizer = route.authorization_type === 'JWT';
    if (authorizer && route.authorizer_id !== authorizerId) {
      throw new TerraformError(`${at}: authorizer_id must be the id of the JWT authorizer`);
    }
    return { routeKey: route.route_key, functionName, authorizer };
  });
}
