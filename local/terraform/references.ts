/** The resources of a Terraform JSON document: type, then name, then arguments. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** Where the resources would be made. */
export interface Place {
  readonly region: string;
  readonly account: string;
}

/** A Terraform JSON that the local stack cannot run; the message names the resource and what is wrong with it. */
export class TerraformError extends Error {
  readonly code = 'invalid_terraform';
}

/** What an attribute that AWS decides on is computed from. */
interface Self extends Place {
  /** Name of the resource in the document, which serves as id where AWS would invent one. */
  readonly name: string;
  /** An argument of the resource as text, resolved. */
  text(argument: string): string;
}

type Attributes = Readonly<Record<string, (self: Self) => string>>;

const PUBLISHED_VERSION = '1';

const functionArn = (self: Self) =>
  `arn:aws:lambda:${self.region}:${self.account}:function:${self.text('function_name')}`;
const aliasArn = (self: Self) => `${functionArn(self)}:${self.text('name')}`;
const invokeArn = (self: Self, arn: string) =>
  `arn:aws:apigateway:${self.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
const stateMachineArn = (self: Self) =>
  `arn:aws:states:${self.region}:${self.account}:stateMachine:${self.text('name')}`;
const topicArn = (self: Self) => `arn:aws:sns:${self.region}:${self.account}:${self.text('name')}`;
const queueUrl = (self: Self) => `https://sqs.${self.region}.amazonaws.com/${self.account}/${self.text('name')}`;
const cloudFrontArn = (self: Self, kind: string) => `arn:aws:cloudfront::${self.account}:${kind}/${self.name}`;
const userPoolId = (self: Self) => `${self.region}_${self.name}`;
const nameOf = (self: Self) => self.text('name');
const inventedId = (self: Self) => self.name;

/** The attributes that AWS decides on, as the provider documents them under "Attribute Reference". */
const COMPUTED: Readonly<Record<string, Attributes>> = {
  aws_apigatewayv2_api: {
    id: inventedId,
    arn: (self) => `arn:aws:apigateway:${self.region}::/apis/${self.name}`,
    api_endpoint: (self) => `https://${self.name}.execute-api.${self.region}.amazonaws.com`,
    execution_arn: (self) => `arn:aws:execute-api:${self.region}:${self.account}:${self.name}`,
  },
  aws_apigatewayv2_authorizer: { id: inventedId },
  aws_apigatewayv2_integration: { id: inventedId },
  aws_apigatewayv2_route: { id: inventedId },
  aws_apigatewayv2_stage: { id: nameOf },
  aws_cloudfront_distribution: {
    id: inventedId,
    arn: (self) => cloudFrontArn(self, 'distribution'),
    domain_name: (self) => `${self.name}.cloudfront.net`,
    // The same for all of CloudFront.
    hosted_zone_id: () => 'Z2FDTNDATAQYW2',
  },
  aws_cloudfront_function: { arn: (self) => cloudFrontArn(self, 'function') },
  aws_cloudfront_origin_access_control: { id: inventedId },
  aws_cloudfront_response_headers_policy: { id: inventedId },
  aws_cloudwatch_event_rule: {
    id: nameOf,
    arn: (self) => `arn:aws:events:${self.region}:${self.account}:rule/${self.text('name')}`,
  },
  aws_cloudwatch_log_delivery_destination: {
    arn: (self) => `arn:aws:logs:${self.region}:${self.account}:delivery-destination:${self.text('name')}`,
  },
  aws_cloudwatch_log_group: {
    id: nameOf,
    arn: (self) => `arn:aws:logs:${self.region}:${self.account}:log-group:${self.text('name')}`,
  },
  aws_cloudwatch_metric_alarm: {
    id: (self) => self.text('alarm_name'),
    arn: (self) => `arn:aws:cloudwatch:${self.region}:${self.account}:alarm:${self.text('alarm_name')}`,
  },
  aws_cognito_user_pool: {
    id: userPoolId,
    arn: (self) => `arn:aws:cognito-idp:${self.region}:${self.account}:userpool/${userPoolId(self)}`,
  },
  aws_cognito_user_pool_client: { id: inventedId },
  aws_dynamodb_table: {
    id: nameOf,
    arn: (self) => `arn:aws:dynamodb:${self.region}:${self.account}:table/${self.text('name')}`,
  },
  aws_iam_role: {
    id: nameOf,
    arn: (self) => `arn:aws:iam::${self.account}:role/${self.text('name')}`,
  },
  aws_kms_key: {
    id: inventedId,
    key_id: inventedId,
    arn: (self) => `arn:aws:kms:${self.region}:${self.account}:key/${self.name}`,
  },
  aws_lambda_alias: {
    arn: aliasArn,
    invoke_arn: (self) => invokeArn(self, aliasArn(self)),
  },
  aws_lambda_function: {
    id: (self) => self.text('function_name'),
    arn: functionArn,
    version: () => PUBLISHED_VERSION,
    qualified_arn: (self) => `${functionArn(self)}:${PUBLISHED_VERSION}`,
    invoke_arn: (self) => invokeArn(self, functionArn(self)),
    qualified_invoke_arn: (self) => invokeArn(self, `${functionArn(self)}:${PUBLISHED_VERSION}`),
  },
  aws_s3_bucket: {
    id: (self) => self.text('bucket'),
    arn: (self) => `arn:aws:s3:::${self.text('bucket')}`,
    bucket_regional_domain_name: (self) => `${self.text('bucket')}.s3.${self.region}.amazonaws.com`,
  },
  aws_sfn_alias: {
    // An alias routes to a version, whose ARN is the state machine's with a number behind it.
    arn: (self) =>
      `${self.text('routing_configuration.0.state_machine_version_arn').replace(/:\d+$/, '')}:${nameOf(self)}`,
  },
  aws_sfn_state_machine: {
    id: stateMachineArn,
    arn: stateMachineArn,
    state_machine_version_arn: (self) => `${stateMachineArn(self)}:${PUBLISHED_VERSION}`,
  },
  aws_sns_topic: { id: topicArn, arn: topicArn },
  aws_sqs_queue: {
    id: queueUrl,
    url: queueUrl,
    arn: (self) => `arn:aws:sqs:${self.region}:${self.account}:${self.text('name')}`,
  },
};

/** `$${` is Terraform's way to write `${`; everything else in `${…}` is an expression. */
const EXPRESSION = /\$\$\{|\$\{[^}]*\}?/g;
const REFERENCE = /^\$\{(?<type>\w+)\.(?<name>[\w-]+)\.(?<attribute>\w+)\}$/;

/**
 * Replaces `${type.name.attribute}` by the value that the attribute would have once applied: ARNs and the like are
 * computed from region, account and names.
 */
export class References {
  readonly #resources: Resources;
  readonly #place: Place;

  constructor(resources: Resources, place: Place) {
    this.#resources = resources;
    this.#place = place;
  }

  /**
   * A value with every reference in it resolved, in nested objects, lists and longer texts too.
   * @param at where the value stands, for the error
   * @throws TerraformError naming the reference that cannot be resolved
   */
  resolve(value: unknown, at: string): unknown {
    return this.#resolve(value, at, []);
  }

  #resolve(value: unknown, at: string, visited: readonly string[]): unknown {
    if (typeof value === 'string') return this.#resolveText(value, at, visited);
    if (Array.isArray(value)) return value.map((item: unknown) => this.#resolve(item, at, visited));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => [key, this.#resolve(item, at, visited)]),
    );
  }

  /** A text that is one reference keeps the type of what it refers to, as in Terraform. */
  #resolveText(text: string, at: string, visited: readonly string[]): unknown {
    if (REFERENCE.test(text)) return this.#lookUp(text, at, visited);
    return text.replace(EXPRESSION, (found) => (found === '$${' ? '${' : String(this.#lookUp(found, at, visited))));
  }

  #lookUp(expression: string, at: string, visited: readonly string[]): string | number | boolean {
    const fail = (why: string) => new TerraformError(`${at}: ${expression} cannot be resolved: ${why}`);
    const { type = '', name = '', attribute = '' } = REFERENCE.exec(expression)?.groups ?? {};
    if (type === '') throw fail('only references of the form ${type.name.attribute} are known locally');
    if (visited.includes(expression)) throw fail('it refers to itself');
    const resource = this.#resources[type]?.[name];
    if (resource === undefined) throw fail(`there is no ${type}.${name}`);

    const path = [...visited, expression];
    const argumentOf = (argument: string) => {
      const raw = argument.split('.').reduce<unknown>((of, key) => fieldOf(of, key), resource);
      return this.#resolve(raw, `${type}.${name}`, path);
    };
    const own = argumentOf(attribute);
    if (isScalar(own)) return own;
    const compute = COMPUTED[type]?.[attribute];
    if (compute === undefined) throw fail(`the local stack does not know ${attribute} of ${type}`);
    return compute({
      ...this.#place,
      name,
      text(argument) {
        const value = argumentOf(argument);
        if (!isScalar(value)) throw fail(`${type}.${name} lacks ${argument}`);
        return String(value);
      },
    });
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
