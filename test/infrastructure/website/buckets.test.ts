import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { at, dev, expectArguments, prod, resourcesOf, synthesizeBootstrap } from '../synthesized.ts';

const bootstrap = synthesizeBootstrap('prod');

/** Buckets, and the days for which they keep what is replaced; none where there are no versions. */
const BUCKETS = [
  [prod, 'archive_store', 30],
  [prod, 'website_store', 30],
  [prod, 'website_logs_store', undefined],
  [bootstrap, 'state', 180],
] as const;

/** The rules of a bucket's lifecycle by their id. */
function rulesOf(stack: typeof prod, bucket: string): Record<string, unknown> {
  const { rule } = at(stack, `aws_s3_bucket_lifecycle_configuration.${bucket}_lifecycle`);
  return Object.fromEntries(Object.values(Object(rule)).map((of) => [Object(of).id, of]));
}

describe('buckets', () => {
  for (const [stack, bucket, days] of BUCKETS) {
    it(`have ${days ?? 'no'} days to undo a mistake in ${bucket}`, () => {
      const versioning = resourcesOf(stack, 'aws_s3_bucket_versioning')[`${bucket}_versioning`];
      expect(versioning?.versioning_configuration).to.deep.equal(days && { status: 'Enabled' });
      const { 'noncurrent-versions': kept } = rulesOf(stack, bucket);
      if (days === undefined) expect(kept).to.equal(undefined);
      else expect(kept).to.deep.include({ noncurrent_version_expiration: [{ noncurrent_days: days }] });
    });
  }

  for (const [stage, stack] of [
    ['dev', dev],
    ['prod', prod],
  ] as const) {
    it(`keep archived executions for the years, and access logs for the days, that ${stage} says`, () => {
      const { archiveYears, logRetentionDays } = settings[stage];
      expect(rulesOf(stack, 'archive_store').age).to.deep.include({
        filter: [{ prefix: 'executions/' }],
        expiration: [{ days: archiveYears * 366 }],
      });
      expect(rulesOf(stack, 'website_logs_store').age).to.deep.include({ expiration: [{ days: logRetentionDays }] });
    });
  }

  it('of the state stay whatever happens, in dev too', () => {
    expectArguments(synthesizeBootstrap('dev'), {
      'aws_s3_bucket.state_bucket': { force_destroy: false, lifecycle: { prevent_destroy: true } },
    });
    expect(prod.terraform.backend).to.have.nested.property('s3.bucket', settings.prod.stateBucket);
    expect(bootstrap.provider).to.deep.equal(prod.provider);
  });
});
