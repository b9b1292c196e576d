import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadConfig } from '../../modules/config.ts';
import { synthesize } from '../../modules/stack.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { withFolders } from './folders.ts';
import { at, dev, full, resourcesOf, type Synthesized, statementsOf } from './synthesized.ts';

/** The JSON of the stage for an emulator at these addresses. */
function synthesizeFor(environment: NodeJS.ProcessEnv): Synthesized {
  const config = loadConfig('emulator', undefined, environment);
  return withFolders((folders) => JSON.parse(readFileSync(synthesize({ config, ...folders }), 'utf8')));
}

const emulator = synthesizeFor({});
const [provider] = emulator.provider.aws;

/** Where the provider finds a service, by what it calls the service. */
const endpointsOf = (of: Synthesized): Record<string, string> => Object(of.provider.aws[0].endpoints)[0];

/** What the Terraform provider calls the service of a resource type: the type's second word, but for three. */
const serviceOf = (type: string) =>
  type
    .replace(/^aws_cloudwatch_event/, 'aws_events')
    .replace(/^aws_cloudwatch_(log|query)/, 'aws_logs')
    .replace(/^aws_cognito/, 'aws_cognitoidp')
    .split('_')[1] ?? '';

describe('stage emulator', () => {
  it('sends every call of Terraform to AWS_ENDPOINT_URL, with the services of all resources that any stage has', () => {
    const endpoints = endpointsOf(synthesizeFor({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4599/' }));
    expect(new Set(Object.values(endpoints))).to.deep.equal(new Set(['http://127.0.0.1:4599']));
    const types = [dev, full].flatMap(({ resource }) => Object.keys(resource));
    expect(endpoints).to.include.all.keys(...types.map(serviceOf), 'sts');
    // The port that emulators listen on, if nobody says where.
    expect(endpointsOf(emulator).s3).to.equal('http://localhost:4566');
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

  it('touches no other account than the emulator’s, with no credentials that are real, and keeps its state in a file', () => {
    expect(provider).to.deep.include({
      access_key: 'test',
      secret_key: 'test',
      skip_credentials_validation: true,
      skip_metadata_api_check: 'true',
      s3_use_path_style: true,
      allowed_account_ids: ['000000000000'],
    });
    expect(provider).to.not.have.property('skip_requesting_account_id');
    expect(emulator.terraform.backend).to.deep.equal({
      local: { path: '../../../terraform.goal-activity-emulator.tfstate' },
    });
  });

  it('does without what emulators lack: page, user pool, alarms, traces, versions of the state machine', () => {
    const lacking = /cloudfront|cognito|route53|metric_alarm|dashboard|query|sfn_alias/;
    expect(Object.keys(emulator.resource).filter((type) => lacking.test(type))).to.deep.equal([]);
    expect(at(emulator, 'aws_sfn_state_machine.workflow_state_machine')).to.deep.include({
      publish: false,
      tracing_configuration: { enabled: false },
    });
    expect(JSON.stringify(resourcesOf(emulator, 'aws_iam_role_policy'))).to.not.include('xray:');
  });

  it('starts executions on the state machine itself, and may', () => {
    expect(at(emulator, 'aws_lambda_function.start_workflow_function')).to.have.nested.property(
      'environment.variables.STATE_MACHINE_ARN',
      'arn:aws:states:ap-northeast-1:000000000000:stateMachine:goal-activity-emulator',
    );
    const statements = statementsOf(at(emulator, 'aws_iam_role_policy.start_workflow_policy'));
    const start = statements.filter(({ Action }) => Action.includes('states:StartExecution'));
    expect(start.map(({ Condition }) => Condition)).to.deep.equal([undefined]);
  });

  it('has all else that dev has', () => {
    const other =
      /cloudfront|cloudwatch_(metric_alarm|dashboard|query|log_delivery)|sfn_alias|s3_|subscription|log_group/;
    for (const type of Object.keys(dev.resource).filter((name) => !other.test(name)))
      expect(Object.keys(resourcesOf(emulator, type)), type).to.deep.equal(Object.keys(resourcesOf(dev, type)));
  });

  it('gives generate-tasks the address of an AI, if it is told one, and no other function and no other stage', () => {
    const address = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://host.docker.internal:4700' };
    const functions = Object.entries(resourcesOf(synthesizeFor(address), 'aws_lambda_function'));
    const told = functions.filter(([, of]) => JSON.stringify(of).includes(JSON.stringify(address).slice(1, -1)));
    expect(told.map(([name]) => name)).to.deep.equal(['generate_tasks_function']);
    const environment = { ...address, AWS_ENDPOINT_URL: 'http://localhost:1' };
    expect(loadConfig('dev', undefined, environment)).to.not.have.property('emulator');
  });
});
