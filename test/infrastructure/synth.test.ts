import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { App } from 'cdktf';
import { expect } from 'chai';
import { Construct } from 'constructs';
import { loadConfig } from '../../modules/config.ts';
import { GoalActivityStack } from '../../modules/stack.ts';
import { parseDocument, referencesIn } from '../../scripts/policy/document.ts';
import { violationsOf } from '../../scripts/policy/rules.ts';
import { withFolders } from './folders.ts';
import { bare, dev, full, prod, synthesizeBootstrap, synthesizeStage, synthesizeText } from './synthesized.ts';

/** What is left once everything is taken away, again and again, that refers to nothing of the rest: circles. */
function circlesIn(references: ReadonlyMap<string, readonly string[]>): readonly string[] {
  let left = [...references.keys()];
  for (;;) {
    const bound = left.filter((node) => references.get(node)?.some((target) => left.includes(target)));
    if (bound.length === left.length) return left;
    left = bound;
  }
}

const STACKS = {
  dev,
  prod,
  emulator: synthesizeStage('emulator'),
  'prod with domains and a user pool': full,
  'prod without all that can be left out': bare,
  'the bucket for the state of dev': synthesizeBootstrap('dev'),
  'the bucket for the state of prod': synthesizeBootstrap('prod'),
};

for (const [name, synthesized] of Object.entries(STACKS)) {
  describe(`Terraform JSON of ${name}`, () => {
    const document = parseDocument(synthesized);
    const references = new Map(
      document.resources.map(({ address, of: { depends_on: after, ...of } }) => [
        address,
        [...referencesIn(of), ...Object.values(Object(after)).map(String)],
      ]),
    );

    it('refers to resources that are there, in no circle, which Terraform would refuse', () => {
      const used = [...[...references.values()].flat(), ...referencesIn(synthesized.output)];
      expect(used).to.have.length.greaterThan(5);
      expect(used.filter((target) => !references.has(target))).to.deep.equal([]);
      expect(circlesIn(references)).to.deep.equal([]);
    });

    it('keeps every rule of the policy check', () => {
      expect(violationsOf(document)).to.deep.equal([]);
    });
  });
}

describe('synthesis', () => {
  it('is the same byte for byte in another folder, names no folder of this machine, and takes less than 10 s', function () {
    this.timeout(10_000);
    const first = synthesizeText('prod');
    expect(synthesizeText('prod')).to.equal(first);
    expect(first)
      .to.not.include(join(import.meta.dirname, '..', '..'))
      .and.not.include('goal-activity-synth-');
  });

  it('refuses names of resources that come out the same, where cdktf would merge the two', () => {
    withFolders(({ zipFolder, outputFolder }) => {
      mkdirSync(outputFolder);
      const app = new App({ outdir: outputFolder });
      const stack = new GoalActivityStack(app, { config: loadConfig('dev'), zipFolder });
      new SqsQueue(stack, 'expired-rows', { name: 'one' });
      new SqsQueue(new Construct(stack, 'expired'), 'rows', { name: 'two' });
      expect(() => app.synth()).to.throw('expired/rows and expired-rows would both be called expired_rows');
    });
  });
});

describe('outputs', () => {
  it('tell the addresses that AWS gives, and our own where there are some', () => {
    const distribution = 'aws_cloudfront_distribution.website_distribution';
    expect(prod.output).to.deep.include({
      apiUrl: { value: '${aws_apigatewayv2_api.http_api.api_endpoint}' },
      websiteUrl: { value: `https://\${${distribution}.domain_name}` },
      websiteDistribution: { value: `\${${distribution}.id}` },
      websiteBucket: { value: '${aws_s3_bucket.website_store_bucket.id}' },
    });
    expect(full.output).to.deep.include({
      apiUrl: { value: 'https://api.example.com' },
      websiteUrl: { value: 'https://app.example.com' },
    });
  });
});

describe('Terraform settings', () => {
  it('fix region and account, pin the provider, and tag everything', () => {
    expect(prod.provider.aws).to.deep.equal([
      {
        region: 'ap-northeast-1',
        allowed_account_ids: ['111122223333'],
        default_tags: [{ tags: { Project: 'goal-activity', Stage: 'prod', ManagedBy: 'terraform' } }],
      },
    ]);
    expect(prod.terraform)
      .to.have.nested.property('required_providers.aws.version')
      .that.matches(/^\d+\.\d+\.\d+$/);
  });

  it('keep the state of prod in S3, encrypted and locked, by a Terraform that can lock there', () => {
    expect(prod.terraform.backend).to.deep.equal({
      s3: {
        bucket: 'goal-activity-terraform-state-111122223333',
        key: 'goal-activity-prod/terraform.tfstate',
        region: 'ap-northeast-1',
        allowed_account_ids: ['111122223333'],
        encrypt: true,
        use_lockfile: true,
      },
    });
    expect(prod.terraform.required_version).to.equal('>= 1.10.0');
  });

  it('keep the state of a stage without a bucket beside main.ts, by a relative path', () => {
    expect(bare.terraform.backend).to.deep.equal({
      local: { path: '../../../terraform.goal-activity-prod.tfstate' },
    });
  });
});
