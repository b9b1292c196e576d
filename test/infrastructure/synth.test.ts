import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { App } from 'cdktf';
import { expect } from 'chai';
import { Construct } from 'constructs';
import { loadConfig } from '../../modules/config.ts';
import { GoalActivityStack } from '../../modules/stack.ts';
import { withFolders } from './folders.ts';
import {
  dev,
  emulator,
  full,
  prod,
  reference,
  type Synthesized,
  synthesizeBootstrap,
  synthesizeStage,
  synthesizeText,
  withProd,
} from './synthesized.ts';

/** What each resource refers to, `type.name` to `type.name`s: its references and its depends_on. */
function referencesOf({ resource }: Synthesized): Map<string, string[]> {
  const references = new Map<string, string[]>();
  for (const [type, byName] of Object.entries(resource)) {
    for (const [name, { depends_on: dependsOn, ...argumentsOf }] of Object.entries(byName)) {
      const found = JSON.stringify(argumentsOf).matchAll(/\$\{([^}]*)\}/g);
      const used = [...found].map(([, expression = '']) => expression.split('.').slice(0, 2).join('.'));
      references.set(`${type}.${name}`, [...used, ...(Array.isArray(dependsOn) ? dependsOn.map(String) : [])]);
    }
  }
  return references;
}

/** The resources that outputs refer to. */
function usedByOutputs({ output }: Synthesized): string[] {
  const found = JSON.stringify(output).matchAll(/\$\{([^}]*)\}/g);
  return [...found].map(([, expression = '']) => expression.split('.').slice(0, 2).join('.'));
}

/** A path of references that comes back to its start, if there is one. */
function cycleOf(references: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path, node];
    if (done.has(node)) return undefined;
    for (const next of references.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle !== undefined) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of references.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

const all = {
  dev,
  prod,
  emulator,
  'prod with domains and a user pool': full,
  'prod without a website': synthesizeStage('prod', withProd({ website: false, signIn: undefined, corsOrigins: [] })),
  'the bucket for the state of dev': synthesizeBootstrap('dev'),
  'the bucket for the state of prod': synthesizeBootstrap('prod'),
};

for (const [name, synthesized] of Object.entries(all)) {
  describe(`Terraform JSON of ${name}`, () => {
    const references = referencesOf(synthesized);

    it('refers to resources that are there', () => {
      const used = [...[...references.values()].flat(), ...usedByOutputs(synthesized)];
      expect(used).to.have.length.greaterThan(5);
      expect(used.filter((target) => !references.has(target))).to.deep.equal([]);
    });

    it('has no circle of references, which Terraform would refuse', () => {
      expect(cycleOf(references)).to.equal(undefined);
    });
  });
}

for (const stage of ['dev', 'prod', 'emulator']) {
  describe(`synthesis of ${stage}`, () => {
    it('is the same byte for byte in another folder, and names no folder of this machine', () => {
      const first = synthesizeText(stage);
      expect(synthesizeText(stage)).to.equal(first);
      expect(first)
        .to.not.include(join(import.meta.dirname, '..', '..'))
        .and.not.include('goal-activity-synth-');
    });

    it('takes less than 10 s', function () {
      this.timeout(10_000);
      const started = performance.now();
      synthesizeText(stage);
      expect(performance.now() - started).to.be.below(10_000);
    });
  });
}

describe('outputs', () => {
  const NAMES = {
    stateMachineArn: { value: reference('aws_sfn_state_machine.workflow_state_machine.arn') },
    goalsTable: { value: reference('aws_dynamodb_table.tables_goals.name') },
    tasksTable: { value: reference('aws_dynamodb_table.tables_tasks.name') },
    executionsTable: { value: reference('aws_dynamodb_table.tables_workflow_executions.name') },
    archiveBucket: { value: reference('aws_s3_bucket.archive_store_bucket.id') },
  };
  const WEBSITE = {
    websiteBucket: { value: reference('aws_s3_bucket.website_store_bucket.id') },
    websiteDistribution: { value: reference('aws_cloudfront_distribution.website_distribution.id') },
  };

  it('tell the addresses and names that AWS gives', () => {
    expect(prod.output).to.deep.equal({
      ...NAMES,
      ...WEBSITE,
      apiUrl: { value: reference('aws_apigatewayv2_api.http_api.api_endpoint') },
      tokenIssuer: { value: 'https://auth.example.com/' },
      tokenAudience: { value: 'goal-activity' },
      websiteUrl: { value: `https://${reference('aws_cloudfront_distribution.website_distribution.domain_name')}` },
    });
  });

  it('tell our own where there are some', () => {
    const pool = reference('aws_cognito_user_pool.users_pool.id');
    expect(full.output).to.deep.equal({
      ...NAMES,
      ...WEBSITE,
      apiUrl: { value: 'https://api.example.com' },
      tokenIssuer: { value: `https://cognito-idp.ap-northeast-1.amazonaws.com/${pool}` },
      tokenAudience: { value: reference('aws_cognito_user_pool_client.users_client.id') },
      websiteUrl: { value: 'https://app.example.com' },
    });
  });
});

describe('Terraform settings', () => {
  it('fix region and account, pin the provider, and tag everything', () => {
    expect(prod.provider).to.deep.equal({
      aws: [
        {
          region: 'ap-northeast-1',
          allowed_account_ids: ['111122223333'],
          default_tags: [{ tags: { Project: 'goal-activity', Stage: 'prod', ManagedBy: 'terraform' } }],
        },
      ],
    });
    expect(prod.terraform.required_providers)
      .to.have.nested.property('aws.version')
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
    const tryOut = synthesizeStage('prod', withProd({ stateBucket: undefined }));
    expect(tryOut.terraform.backend).to.deep.equal({
      local: { path: '../../../terraform.goal-activity-prod.tfstate' },
    });
  });
});

describe('names of resources', () => {
  it('of two paths that come out the same are refused, where cdktf would merge the two', () => {
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
