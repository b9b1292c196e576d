import { expect } from 'chai';
import { loadConfig } from '../../modules/config.ts';
import settings from '../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../modules/synth-error.ts';
import { at, dev, full, resourcesOf, type Synthesized, statementsOf, synthesizeStage } from './synthesized.ts';

const emulator = synthesizeStage('emulator', undefined, {});

/** Where the provider finds a service, by what it calls the service. */
const endpointsOf = (of: Synthesized): Record<string, string> => Object(of.provider.aws[0].endpoints)[0];

/**
 * The services that the provider calls for the resources of a type, by how it calls both (the clients in the files of
 * `internal/service` in hashicorp/terraform-provider-aws). A type that is new here has to be looked up there.
 */
const SERVICES_OF: readonly (readonly [type: RegExp, services: readonly string[]])[] = [
  [/^aws_apigatewayv2_(api|api_mapping|authorizer|domain_name|integration|route|stage)$/, ['apigatewayv2']],
  [/^aws_cloudfront_(distribution|function|origin_access_control|response_headers_policy)$/, ['cloudfront']],
  [/^aws_cloudwatch_(dashboard|metric_alarm)$/, ['cloudwatch']],
  [/^aws_cloudwatch_event_(rule|target)$/, ['events']],
  [
    /^aws_cloudwatch_(log_(group|delivery|delivery_destination|delivery_source|metric_filter)|query_definition)$/,
    ['logs'],
  ],
  [/^aws_cognito_user_pool(_client|_domain)?$/, ['cognitoidp']],
  // Asks for the default key, to tell it from one of our own.
  [/^aws_dynamodb_table$/, ['dynamodb', 'kms']],
  [/^aws_iam_role(_policy)?$/, ['iam']],
  [/^aws_kms_(alias|key)$/, ['kms']],
  [/^aws_lambda_(alias|function|function_event_invoke_config|permission)$/, ['lambda']],
  [/^aws_route53_record$/, ['route53']],
  // Its tags are those of S3 Control since 6.23, where the account goes in front of the host.
  [/^aws_s3_bucket$/, ['s3', 's3control']],
  // Asks for the default key, too.
  [/^aws_s3_object$/, ['s3', 'kms']],
  [
    /^aws_s3_bucket_(lifecycle_configuration|ownership_controls|policy|public_access_block|server_side_encryption_configuration|versioning)$/,
    ['s3'],
  ],
  [/^aws_sfn_(alias|state_machine)$/, ['sfn']],
  [/^aws_sns_topic(_policy|_subscription)?$/, ['sns']],
  [/^aws_sqs_queue(_policy)?$/, ['sqs']],
];

const servicesOf = (type: string): readonly string[] => {
  const services = SERVICES_OF.flatMap(([pattern, of]) => (pattern.test(type) ? of : []));
  if (services.length === 0) throw new Error(`nobody has looked up which services the provider calls for ${type}`);
  return services;
};

describe('stage emulator', () => {
  it('sends every call of Terraform to AWS_ENDPOINT_URL, with the services of all resources that any stage has', () => {
    const endpoints = endpointsOf(
      synthesizeStage('emulator', undefined, { AWS_ENDPOINT_URL: 'http://emulator.test:4599/' }),
    );
    expect(new Set(Object.values(endpoints))).to.deep.equal(new Set(['http://emulator.test:4599']));
    const types = [dev, full].flatMap(({ resource }) => Object.keys(resource));
    // The account is asked of STS, or of IAM.
    expect(endpoints).to.include.all.keys(...types.flatMap(servicesOf), 'sts', 'iam');
    // The port that emulators listen on, if nobody says where.
    expect(endpointsOf(emulator).s3).to.equal('http://localhost:4566');
  });

  for (const [name, value] of [
    ['AWS_ENDPOINT_URL', 'localhost:4566'],
    ['AWS_ENDPOINT_URL', 'http://localhost:4566/a?b'],
    ['AWS_ENDPOINT_URL', 'http://999.0.0.1:4566'],
    ['AWS_ENDPOINT_URL', 'http://localhost:99999'],
    ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'ftp://localhost'],
  ] as const) {
    it(`refuses ${name}=${value}, naming it`, () => {
      expect(() => loadConfig('emulator', undefined, { [name]: value })).to.throw(SynthError, `${name} must be `);
    });
  }

  for (const host of ['127.0.0.1', '127.1', '2130706433']) {
    it(`refuses the address ${host}: the account, which S3 Control has in front of its host, makes it none`, () => {
      const attempt = () => loadConfig('emulator', undefined, { AWS_ENDPOINT_URL: `http://${host}:4566` });
      expect(attempt).to.throw(SynthError, 'AWS_ENDPOINT_URL must name its host, as http://localhost:4566 does');
    });
  }

  it('touches no other account than the emulator’s, and sends it no credentials that are real', () => {
    const [provider] = emulator.provider.aws;
    expect(provider).to.deep.include({
      access_key: 'test',
      secret_key: 'test',
      allowed_account_ids: ['000000000000'],
    });
    expect(provider).to.not.have.property('skip_requesting_account_id');
  });

  it('has all that dev has and a user pool, but for what emulators lack: page, alarms, traces', () => {
    const lacking = /cloudfront|cloudwatch_(metric_alarm|dashboard|query|log_delivery|log_metric_filter)|s3_object/;
    const pool = Object.keys(full.resource).filter((type) => /cognito/.test(type));
    const types = [...Object.keys(dev.resource).filter((type) => !lacking.test(type)), ...pool];
    expect(Object.keys(emulator.resource)).to.have.members(types);
    for (const type of types.filter((name) => !/s3_|subscription|cognito/.test(name)))
      expect(Object.keys(resourcesOf(emulator, type)), type).to.deep.equal(Object.keys(resourcesOf(dev, type)));
    expect(at(emulator, 'aws_sfn_state_machine.workflow_state_machine')).to.not.have.property('tracing_configuration');
    expect(JSON.stringify(resourcesOf(emulator, 'aws_iam_role_policy'))).to.not.include('xray:');
  });

  it('tells an address of its API that resolves, and takes the tokens of its user pool', () => {
    const { apiUrl, tokenIssuer, userPoolId } = emulator.output;
    const id = '${aws_apigatewayv2_api.http_api.id}';
    expect(apiUrl).to.deep.equal({ value: `http://localhost:4566/_aws/execute-api/${id}/$default` });
    expect(String(tokenIssuer?.value)).to.match(/^https:\/\/cognito-idp\.ap-northeast-1\.amazonaws\.com\//);
    expect(userPoolId).to.not.equal(undefined);
  });

  it('starts executions on the state machine itself, and may, where versions of it are left out', () => {
    const leaveOut = ['monitoring', 'tracing', 'state-machine-versions'];
    const plain = synthesizeStage('emulator', { emulator: { ...settings.emulator, leaveOut } }, {});
    expect(plain.resource).to.not.have.property('aws_sfn_alias');
    expect(at(plain, 'aws_sfn_state_machine.workflow_state_machine')).to.include({ publish: false });
    expect(at(plain, 'aws_lambda_function.start_workflow_function')).to.have.nested.property(
      'environment.variables.STATE_MACHINE_ARN',
      'arn:aws:states:ap-northeast-1:000000000000:stateMachine:goal-activity-emulator',
    );
    const statements = statementsOf(at(plain, 'aws_iam_role_policy.start_workflow_policy'));
    const start = statements.filter(({ Action }) => Action.includes('states:StartExecution'));
    expect(start.map(({ Condition }) => Condition)).to.deep.equal([undefined]);
  });

  it('gives generate-tasks the address of an AI, the usual one or another, and no other function and no other stage', () => {
    const name = 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME';
    const elsewhere = { [name]: 'http://host.docker.internal:4700' };
    const told = (environment: Record<string, string>) =>
      Object.entries(resourcesOf(synthesizeStage('emulator', undefined, environment), 'aws_lambda_function')).flatMap(
        ([of, resource]) => {
          const address = new RegExp(`"${name}":"([^"]+)"`).exec(JSON.stringify(resource))?.[1];
          return address === undefined ? [] : [[of, address]];
        },
      );
    expect(told({})).to.deep.equal([['generate_tasks_function', 'http://127.0.0.1:4700']]);
    expect(told(elsewhere)).to.deep.equal([['generate_tasks_function', elsewhere[name]]]);
    expect(loadConfig('dev', undefined, elsewhere)).to.not.have.property('emulator');
  });
});
