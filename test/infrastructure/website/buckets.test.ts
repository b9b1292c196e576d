import { expect } from 'chai';
import { at, dev, expectArguments, prod, resourcesOf, type Synthesized, synthesizeBootstrap } from '../synthesized.ts';

const bootstrap = synthesizeBootstrap('prod');

/** Buckets with how they are encrypted, and the days for which they keep what is replaced; none where there are no versions. */
const BUCKETS = [
  [prod, 'archive_store', 'goal-activity-prod-archive-111122223333', 'aws:kms', 30],
  [prod, 'website_store', 'goal-activity-prod-website-111122223333', 'AES256', 30],
  [prod, 'website_logs_store', 'goal-activity-prod-website-logs-111122223333', 'AES256', undefined],
  [bootstrap, 'state', 'goal-activity-terraform-state-111122223333', 'aws:kms', 180],
] as const;

/** The rules of a bucket's lifecycle by their id. */
function rulesOf(stack: Synthesized, bucket: string): Record<string, unknown> {
  const { rule } = at(stack, `aws_s3_bucket_lifecycle_configuration.${bucket}_lifecycle`);
  return Object.fromEntries(Object.values(Object(rule)).map((of) => [Object(of).id, of]));
}

describe('buckets', () => {
  it('are those of archive, page and logs, and in a stack of its own that of the state', () => {
    const names = [prod, bootstrap].flatMap((of) => Object.keys(resourcesOf(of, 'aws_s3_bucket')));
    expect(names).to.have.members(BUCKETS.map(([, bucket]) => `${bucket}_bucket`));
  });

  for (const [stack, bucket, name, encryption, days] of BUCKETS) {
    it(`have ${bucket} called ${name}, encrypted with ${encryption}, and ${days ?? 'no'} days to undo a mistake`, () => {
      const ofKey = encryption === 'aws:kms' ? { bucket_key_enabled: true } : {};
      expectArguments(stack, {
        [`aws_s3_bucket.${bucket}_bucket`]: { bucket: name },
        [`aws_s3_bucket_server_side_encryption_configuration.${bucket}_encryption`]: {
          rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: encryption }, ...ofKey }],
        },
      });
      const versioning = resourcesOf(stack, 'aws_s3_bucket_versioning')[`${bucket}_versioning`];
      expect(versioning?.versioning_configuration).to.deep.equal(days && { status: 'Enabled' });
      const { 'noncurrent-versions': kept } = rulesOf(stack, bucket);
      if (days === undefined) expect(kept).to.equal(undefined);
      else expect(kept).to.deep.include({ noncurrent_version_expiration: [{ noncurrent_days: days }] });
    });
  }

  it('with data go with the stack in dev, but for that of the state, which holds every stage', () => {
    const gone = { force_destroy: true, lifecycle: { prevent_destroy: false } };
    const kept = { force_destroy: false, lifecycle: { prevent_destroy: true } };
    expectArguments(dev, { 'aws_s3_bucket.archive_store_bucket': gone, 'aws_s3_bucket.website_store_bucket': gone });
    expectArguments(prod, { 'aws_s3_bucket.website_store_bucket': kept });
    expectArguments(synthesizeBootstrap('dev'), { 'aws_s3_bucket.state_bucket': kept });
  });

  it('with logs keep them as long as other logs', () => {
    expect(rulesOf(prod, 'website_logs_store').age).to.deep.include({ expiration: [{ days: 90 }] });
    expect(rulesOf(dev, 'website_logs_store').age).to.deep.include({ expiration: [{ days: 14 }] });
  });
});

describe('bucket of the state', () => {
  it('is the backend that the stage names, made in its account by a stack that keeps its own state in a file', () => {
    const { bucket } = at(bootstrap, 'aws_s3_bucket.state_bucket');
    expect(prod.terraform.backend).to.have.nested.property('s3.bucket', bucket);
    expect(bootstrap.terraform.backend).to.deep.equal({
      local: { path: '../../../terraform.goal-activity-bootstrap-prod.tfstate' },
    });
    expect(bootstrap.provider).to.deep.equal(prod.provider);
  });
});

describe('archive', () => {
  it('moves executions to a colder class after 90 days, and deletes them after the years of the stage', () => {
    expect(rulesOf(prod, 'archive_store').age).to.deep.include({
      status: 'Enabled',
      filter: [{ prefix: 'executions/' }],
      transition: [{ days: 90, storage_class: 'GLACIER_IR' }],
      expiration: [{ days: 7 * 366 }],
    });
    expect(rulesOf(dev, 'archive_store').age).to.deep.include({ expiration: [{ days: 366 }] });
  });
});
