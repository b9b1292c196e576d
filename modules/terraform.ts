import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import type { StageConfig } from './config.ts';

/** The S3 backend locks by itself (`use_lockfile`) since this version. */
const TERRAFORM_VERSION = '>= 1.10.0';

/** Gives a stack its Terraform version, its provider, fixed to one account and tagging all it makes, and its backend. */
export function configureTerraform(stack: TerraformStack, { stage, settings, prefix }: StageConfig): void {
  stack.addOverride('terraform.required_version', TERRAFORM_VERSION);
  new AwsProvider(stack, 'aws', {
    region: settings.region,
    allowedAccountIds: [settings.account],
    defaultTags: [{ tags: { Project: 'goal-activity', Stage: stage, ManagedBy: 'terraform' } }],
  });
  if (settings.stateBucket === undefined) {
    // Relative to the folder of the synthesized stack, so beside main.ts, where a clean build does not remove it.
    new LocalBackend(stack, { path: `../../../terraform.${prefix}.tfstate` });
    return;
  }
  new S3Backend(stack, {
    bucket: settings.stateBucket,
    key: `${prefix}/terraform.tfstate`,
    region: settings.region,
    allowedAccountIds: [settings.account],
    encrypt: true,
  });
  // cdktf 0.21 has no property for it yet.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}
