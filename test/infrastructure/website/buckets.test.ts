import { expect } from 'chai';
import {
  dev,
  fieldOf,
  prod,
  resourceOf,
  resourcesOf,
  type Synthesized,
  statementsOf,
  synthesizeBootstrap,
} from '../synthesized.ts';

/** What is said of a bucket in resources of their own, which refer to it by its id. */
function settingOf(synthesized: Synthesized, type: string, bucket: string) {
  const found = Object.values(resourcesOf(synthesized, type)).filter(
    (of) => of.bucket === `\${aws_s3_bucket.${bucket}.id}`,
  );
  expect(found, `${type} of ${bucket}`).to.have.length(1);
  return found[0] ?? {};
}

/** The rules of a bucket's lifecycle by their id. */
function rulesOf(synthesized: Synthesized, bucket: string): Record<string, unknown> {
  const { rule } = settingOf(synthesized, 'aws_s3_bucket_lifecycle_configuration', bucket);
  if (!Array.isArray(rule)) throw new Error(`${bucket} has no rules`);
  return Object.fromEntries(rule.map((of: unknown) => [String(fieldOf(of, 'id')), of]));
}

const bootstrap = synthesizeBootstrap('prod');
const BUCKETS: readonly (readonly [synthesized: Synthesized, bucket: string, name: string, encryption: string])[] = [
  [prod, 'archive_store_bucket', 'goal-activity-prod-archive-111122223333', 'aws:kms'],
  [prod, 'website_store_bucket', 'goal-activity-prod-website-111122223333', 'AES256'],
  [prod, 'website_logs_store_bucket', 'goal-activity-prod-website-logs-111122223333', 'AES256'],
  [bootstrap, 'state_bucket', 'goal-activity-terraform-state-111122223333', 'aws:kms'],
];

describe('buckets', () => {
  it('are those of archive, page and logs, and in a stack of its own that of the state', () => {
    const names = [prod, bootstrap].flatMap((of) => Object.keys(resourcesOf(of, 'aws_s3_bucket')));
    expect(names).to.have.members(BUCKETS.map(([, bucket]) => bucket));
  });

  for (const [synthesized, bucket, name, encryption] of BUCKETS) {
    it(`calls ${bucket} ${name}, and encrypts it with ${encryption}`, () => {
      expect(resourceOf(synthesized, 'aws_s3_bucket', bucket).bucket).to.equal(name);
      const { rule } = settingOf(synthesized, 'aws_s3_bucket_server_side_encryption_configuration', bucket);
      expect(rule).to.deep.equal([
        {
          apply_server_side_encryption_by_default: { sse_algorithm: encryption },
          ...(encryption === 'aws:kms' ? { bucket_key_enabled: true } : {}),
        },
      ]);
    });

    it(`closes ${bucket} to the public`, () => {
      expect(settingOf(synthesized, 'aws_s3_bucket_public_access_block', bucket)).to.include({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
      expect(settingOf(synthesized, 'aws_s3_bucket_ownership_controls', bucket).rule).to.deep.equal({
        object_ownership: 'BucketOwnerEnforced',
      });
    });

    it(`refuses whoever comes to ${bucket} without TLS`, () => {
      const { policy } = settingOf(synthesized, 'aws_s3_bucket_policy', bucket);
      const [statement] = statementsOf(policy);
      const arn = `\${aws_s3_bucket.${bucket}.arn}`;
      expect(statement).to.deep.include({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['s3:*'],
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    });

    it(`gives up uploads to ${bucket} that were begun and not ended`, () => {
      expect(rulesOf(synthesized, bucket)['abort-uploads']).to.deep.include({
        status: 'Enabled',
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      });
    });
  }

  for (const [synthesized, bucket, days] of [
    [prod, 'archive_store_bucket', 30],
    [prod, 'website_store_bucket', 30],
    [bootstrap, 'state_bucket', 180],
  ] as const) {
    it(`keeps what is deleted or replaced in ${bucket} for ${days} days`, () => {
      const { versioning_configuration } = settingOf(synthesized, 'aws_s3_bucket_versioning', bucket);
      expect(versioning_configuration).to.deep.equal({ status: 'Enabled' });
      expect(rulesOf(synthesized, bucket)['noncurrent-versions']).to.deep.include({
        status: 'Enabled',
        noncurrent_version_expiration: [{ noncurrent_days: days }],
      });
    });
  }

  it('with data are not deleted in prod, and go with the stack in dev', () => {
    const protection = (synthesized: Synthesized, bucket: string) => {
      const { force_destroy, lifecycle } = resourceOf(synthesized, 'aws_s3_bucket', bucket);
      return { force_destroy, lifecycle };
    };
    for (const bucket of ['archive_store_bucket', 'website_store_bucket']) {
      expect(protection(prod, bucket)).to.deep.equal({ force_destroy: false, lifecycle: { prevent_destroy: true } });
      expect(protection(dev, bucket)).to.deep.equal({ force_destroy: true, lifecycle: { prevent_destroy: false } });
    }
  });

  it('with logs keep them as long as other logs', () => {
    expect(rulesOf(prod, 'website_logs_store_bucket').age).to.deep.include({ expiration: [{ days: 90 }] });
    expect(rulesOf(dev, 'website_logs_store_bucket').age).to.deep.include({ expiration: [{ days: 14 }] });
  });
});

describe('bucket of the state', () => {
  it('is never deleted, not even in dev, whose state it holds as well', () => {
    expect(resourceOf(synthesizeBootstrap('dev'), 'aws_s3_bucket', 'state_bucket')).to.deep.include({
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('is the one that the stage names as its backend', () => {
    const { bucket } = resourceOf(bootstrap, 'aws_s3_bucket', 'state_bucket');
    expect(fieldOf(fieldOf(prod.terraform.backend, 's3'), 'bucket')).to.equal(bucket);
  });

  it('is made by a stack that keeps its own state in a file, in the same account', () => {
    expect(bootstrap.terraform.backend).to.deep.equal({
      local: { path: '../../../terraform.goal-activity-bootstrap-prod.tfstate' },
    });
    expect(bootstrap.provider).to.deep.equal(prod.provider);
  });
});

describe('archive', () => {
  it('moves executions to a colder class after 90 days, and deletes them after the years of the stage', () => {
    const { age } = rulesOf(prod, 'archive_store_bucket');
    expect(age).to.deep.include({
      status: 'Enabled',
      filter: [{ prefix: 'executions/' }],
      transition: [{ days: 90, storage_class: 'GLACIER_IR' }],
      expiration: [{ days: 7 * 366 }],
    });
    expect(rulesOf(dev, 'archive_store_bucket').age).to.deep.include({ expiration: [{ days: 366 }] });
  });
});
