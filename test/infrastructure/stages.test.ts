import { expect } from 'chai';
import { realStages } from '../../modules/config.ts';
import { parseDocument } from '../../scripts/policy/document.ts';
import { violationsOf } from '../../scripts/policy/rules.ts';
import { dev, resourcesOf, type Synthesized, synthesizeStage, withSettings } from './synthesized.ts';

/** dev's settings, but with a user pool, under another name, or in another region. */
function stage(name: string, region = 'ap-northeast-1') {
  const own = { issuer: undefined, audience: undefined, signIn: undefined, region };
  const { dev: of, ...others } = withSettings('dev', own);
  const settings = Object.fromEntries([[name, of], ...Object.entries(others).filter(([other]) => other !== name)]);
  return { settings, synthesized: synthesizeStage(name, settings) };
}

/** The argument that names a resource of a type, and how long it may be (API references of the services). */
const NAMED = {
  aws_iam_role: ['name', 64],
  aws_s3_bucket: ['bucket', 63],
  aws_cloudfront_function: ['name', 64],
  aws_cloudfront_origin_access_control: ['name', 64],
  aws_cloudfront_response_headers_policy: ['name', 128],
  // Of us-east-1, wherever the stage is.
  aws_cloudwatch_log_delivery_source: ['name', 60],
  aws_cloudwatch_log_delivery_destination: ['name', 60],
  aws_cloudwatch_dashboard: ['dashboard_name', 255],
  aws_cognito_user_pool_domain: ['domain', 63],
  aws_lambda_function: ['function_name', 64],
  aws_dynamodb_table: ['name', 255],
  aws_sqs_queue: ['name', 80],
  aws_sns_topic: ['name', 256],
  aws_sfn_state_machine: ['name', 80],
  aws_cloudwatch_event_rule: ['name', 64],
  aws_cloudwatch_metric_alarm: ['alarm_name', 255],
  aws_cloudwatch_log_group: ['name', 512],
} as const;

/** Names of these types are the account's, or everybody's; those of the others are its region's. */
const GLOBAL = /^aws_(iam|s3|cloudfront|cognito|cloudwatch_dashboard|cloudwatch_log_delivery)/;

function namesOf(synthesized: Synthesized, which: (type: string) => boolean = () => true): readonly string[] {
  return Object.entries(NAMED)
    .filter(([type]) => which(type))
    .flatMap(([type, [argument]]) => {
      const resources = Object.values(resourcesOf(synthesized, type));
      if (resources.length === 0) throw new Error(`no ${type}`);
      return resources.map((of) => `${type} ${String(of[argument])}`);
    });
}

const common = (one: readonly string[], other: readonly string[]) => one.filter((name) => other.includes(name));

describe('a stage that is added to the settings', () => {
  const { settings, synthesized } = stage('staging');

  it('is a real stage like any other, and keeps every rule of the policy check', () => {
    expect(realStages(settings)).to.include('staging');
    expect(violationsOf(parseDocument(synthesized, settings))).to.deep.equal([]);
  });

  it('shares no name with dev, though both are in one account', () => {
    expect(common(namesOf(synthesized), namesOf(stage('dev').synthesized))).to.deep.equal([]);
  });

  it('shares none of the names that count in all regions with its own copy in another region', () => {
    const isGlobal = (type: string) => GLOBAL.test(type);
    const elsewhere = namesOf(stage('staging', 'eu-west-1').synthesized, isGlobal);
    expect(common(namesOf(synthesized, isGlobal), elsewhere)).to.deep.equal([]);
  });

  it('may have the longest name in the region with the longest, and no name of AWS gets too long', () => {
    const longest = stage('abcdefghijkl', 'ap-southeast-1').synthesized;
    for (const [type, [argument, most]] of Object.entries(NAMED))
      for (const of of Object.values(resourcesOf(longest, type)))
        expect(String(of[argument]).length, `${type} ${String(of[argument])}`).to.be.within(1, most);
  });

  it('has its own tags on all that it makes', () => {
    const tags = { Owner: 'Team A', CostCenter: '4711', Product: 'goals' };
    const { provider } = synthesizeStage('dev', withSettings('dev', { tags }));
    expect(provider.aws[0].default_tags).to.deep.equal([
      { tags: { ...tags, Project: 'goal-activity', Stage: 'dev', ManagedBy: 'terraform' } },
    ]);
    expect(dev.provider.aws[0].default_tags).to.have.nested.property('0.tags.CostCenter');
  });
});
