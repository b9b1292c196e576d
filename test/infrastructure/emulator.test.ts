import { expect } from 'chai';
import { loadConfig } from '../../modules/config.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { at, dev, full, resourcesOf, type Synthesized, statementsOf, synthesizeStage } from './synthesized.ts';

const emulator = synthesizeStage('emulator', undefined, {});

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
    const endpoints = endpointsOf(
      synthesizeStage('emulator', undefined, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4599/' }),
    );
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

  it('touches no other account than the emulator’s, and sends it no credentials that are real', () => {
    const [provider] = emulator.provider.aws;
    expect(provider).to.deep.include({
      access_key: 'test',
      secret_key: 'test',
      allowed_account_ids: ['000000000000'],
    });
    expect(provider).to.not.have.property('skip_requesting_account_id');
  });

  it('has all that dev has, but for what emulators lack: page, alarms, traces, versions of the state machine', () => {
    const lacking =
      /cloudfront|cloudwatch_(metric_alarm|dashboard|query|log_delivery|log_metric_filter)|sfn_alias|s3_object/;
    const types = Object.keys(dev.resource).filter((type) => !lacking.test(type));
    expect(Object.keys(emulator.resource)).to.have.members(types);
    for (const type of types.filter((name) => !/s3_|subscription/.test(name)))
      expect(Object.keys(resourcesOf(emulator, type)), type).to.deep.equal(Object.keys(resourcesOf(dev, type)));
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

  it('gives generate-tasks the address of an AI, if it is told one, and no other function and no other stage', () => {
    const address = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://host.docker.internal:4700' };
    const functions = Object.entries(
      resourcesOf(synthesizeStage('emulator', undefined, address), 'aws_lambda_function'),
    );
    const told = functions.filter(([, of]) => JSON.stringify(of).includes(JSON.stringify(address).slice(1, -1)));
    expect(told.map(([name]) => name)).to.deep.equal(['generate_tasks_function']);
    expect(loadConfig('dev', undefined, address)).to.not.have.property('emulator');
  });
});
