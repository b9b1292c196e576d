import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadConfig } from '../../modules/config.ts';
import { synthesize } from '../../modules/stack.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { withFolders } from './folders.ts';
import { dev, emulator, fieldOf, resourceOf, resourcesOf, statementsOf } from './synthesized.ts';

/** The JSON of the stage for an emulator at these addresses. */
const synthesizeFor = (environment: NodeJS.ProcessEnv) =>
  JSON.parse(
    withFolders((folders) =>
      readFileSync(synthesize({ config: loadConfig('emulator', undefined, environment), ...folders }), 'utf8'),
    ),
  );

const providerOf = (environment: NodeJS.ProcessEnv) => synthesizeFor(environment).provider.aws[0];

/** What the Terraform provider calls the service of a resource type. */
const SERVICE_OF_TYPE: Readonly<Record<string, string>> = {
  aws_apigatewayv2: 'apigatewayv2',
  aws_cloudfront: 'cloudfront',
  aws_cloudwatch_event: 'events',
  aws_cloudwatch_log: 'logs',
  aws_cloudwatch_query: 'logs',
  aws_cloudwatch: 'cloudwatch',
  aws_cognito: 'cognitoidp',
  aws_dynamodb: 'dynamodb',
  aws_iam: 'iam',
  aws_kms: 'kms',
  aws_lambda: 'lambda',
  aws_route53: 'route53',
  aws_s3: 's3',
  aws_sfn: 'sfn',
  aws_sns: 'sns',
  aws_sqs: 'sqs',
};

describe('stage emulator', () => {
  it('sends every call of Terraform to AWS_ENDPOINT_URL, with the services of all resources that any stage has', () => {
    const [endpoints] = providerOf({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4599/' }).endpoints;
    expect(new Set(Object.values(endpoints))).to.deep.equal(new Set(['http://127.0.0.1:4599']));
    const services = Object.keys(dev.resource).map(
      (type) =>
        Object.entries(SERVICE_OF_TYPE)
          .filter(([start]) => type.startsWith(start))
          .sort(([one], [other]) => other.length - one.length)[0]?.[1] ?? type,
    );
    expect(endpoints).to.include.all.keys(...services, 'sts');
  });

  it('is at the port that emulators listen on, if nobody says where', () => {
    expect(providerOf({}).endpoints[0].s3).to.equal('http://localhost:4566');
  });

  for (const [name, value] of [
    ['AWS_ENDPOINT_URL', 'localhost:4566'],
    ['AWS_ENDPOINT_URL', 'http://localhost:4566/a?b'],
    ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'ftp://localhost'],
  ] as const) {
    it(`refuses ${name}=${value}, naming it`, () => {
      expect(() => loadConfig('emulator', undefined, { [name]: value })).to.throw(SynthError, `${name} must be `);
    });
  }

  it('has no credentials checked, sends none that are real, and finds buckets by path', () => {
    expect(providerOf({})).to.include({
      access_key: 'test',
      secret_key: 'test',
      skip_credentials_validation: true,
      skip_metadata_api_check: 'true',
      s3_use_path_style: true,
    });
  });

  it('still touches no other account than the emulator’s', () => {
    expect(providerOf({}).allowed_account_ids).to.deep.equal(['000000000000']);
    expect(providerOf({})).to.not.have.property('skip_requesting_account_id');
  });

  it('keeps its state in a file', () => {
    expect(emulator.terraform.backend).to.deep.equal({
      local: { path: '../../../terraform.goal-activity-emulator.tfstate' },
    });
  });

  it('does without what emulators lack: page, user pool, alarms, traces, versions of the state machine', () => {
    const types = Object.keys(emulator.resource);
    expect(
      types.filter((type) => /cloudfront|cognito|route53|metric_alarm|dashboard|query|sfn_alias/.test(type)),
    ).to.deep.equal([]);
    const machine = resourceOf(emulator, 'aws_sfn_state_machine', 'workflow_state_machine');
    expect(machine.publish).to.equal(false);
    expect(machine.tracing_configuration).to.deep.equal({ enabled: false });
    expect(JSON.stringify(resourcesOf(emulator, 'aws_iam_role_policy'))).to.not.include('xray:');
  });

  it('starts executions on the state machine itself, and may', () => {
    const { environment } = resourceOf(emulator, 'aws_lambda_function', 'start_workflow_function');
    expect(fieldOf(fieldOf(environment, 'variables'), 'STATE_MACHINE_ARN')).to.equal(
      '${aws_sfn_state_machine.workflow_state_machine.arn}',
    );
    const statements = statementsOf(resourceOf(emulator, 'aws_iam_role_policy', 'start_workflow_policy').policy);
    const start = statements.filter(({ Action }) => Action.includes('states:StartExecution'));
    expect(start.map(({ Condition }) => Condition)).to.deep.equal([undefined]);
  });

  it('has all else that dev has', () => {
    const names = (of: typeof dev, type: string) => Object.keys(resourcesOf(of, type));
    for (const type of [
      'aws_lambda_function',
      'aws_lambda_alias',
      'aws_dynamodb_table',
      'aws_apigatewayv2_route',
      'aws_cloudwatch_event_target',
      'aws_lambda_event_source_mapping',
      'aws_sns_topic',
      'aws_sqs_queue',
    ]) {
      expect(names(emulator, type), type).to.deep.equal(names(dev, type));
    }
  });

  it('gives generate-tasks the address of an AI, if it is told one, and no other function and no other stage', () => {
    const address = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://host.docker.internal:4700' };
    const functions = synthesizeFor(address).resource.aws_lambda_function;
    const knowing = Object.keys(functions).filter(
      (name) => 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME' in functions[name].environment.variables,
    );
    expect(knowing).to.deep.equal(['generate_tasks_function']);
    expect(functions.generate_tasks_function.environment.variables).to.include(address);
    expect(loadConfig('dev', undefined, { ...address, AWS_ENDPOINT_URL: 'http://localhost:1' })).to.not.have.property(
      'emulator',
    );
  });
});
