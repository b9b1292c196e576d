import {
  AwsProvider,
  type AwsProviderConfig,
  type AwsProviderEndpoints,
} from '@cdktf/provider-aws/lib/provider/index.js';
import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import type { StageConfig } from './config.ts';
import type { EmulatorConfig } from './emulator.ts';

/** The S3 backend locks by itself (`use_lockfile`) since this version, of Terraform and of OpenTofu. */
const TERRAFORM_VERSION = '>= 1.10.0';

/**
 * The provider's versions; which of them is taken, and what its package must be, `.terraform.lock.hcl` says. cdktf's bindings are of
 * 6.25, after which the keys of an index became `key_schema`, and what broke by it was mended: a change in every plan once an index is
 * busy (hashicorp/terraform-provider-aws#46094), or where it has a sort key (#46442), and all indexes gone with one (#46602).
 */
const PROVIDER_VERSION = '~> 6.42';

/** The services that the provider calls for the stack's resources. */
const SERVICES = [
  'apigatewayv2',
  'cloudfront',
  'cloudwatch',
  'cognitoidp',
  'dynamodb',
  'events',
  'iam',
  'kms',
  'lambda',
  'logs',
  'route53',
  's3',
  // Tags of buckets are read and written there (hashicorp/terraform-provider-aws, 6.23.0).
  's3Control',
  'sfn',
  'sns',
  'sqs',
  'sts',
] as const satisfies readonly (keyof AwsProviderEndpoints)[];

/** Gives a stack its Terraform version and its provider, fixed to one account and tagging all it makes. */
export function configureProvider(stack: TerraformStack, { stage, settings, emulator }: StageConfig): void {
  stack.addOverride('terraform.required_version', TERRAFORM_VERSION);
  stack.addOverride('terraform.required_providers.aws.version', PROVIDER_VERSION);
  new AwsProvider(stack, 'aws', {
    region: settings.region,
    allowedAccountIds: [settings.account],
    defaultTags: [{ tags: { ...settings.tags, Project: 'goal-activity', Stage: stage, ManagedBy: 'terraform' } }],
    ...(emulator === undefined ? {} : emulatorProvider(emulator)),
  });
}

/**
 * An emulator knows no credentials and no instance metadata, and no host names for buckets. It does tell an account (by
 * GetCallerIdentity), so the check that nothing else is touched stays.
 */
function emulatorProvider({ endpoint }: EmulatorConfig): AwsProviderConfig {
  return {
    // Whatever real credentials the machine has are not sent to an emulator.
    accessKey: 'test',
    secretKey: 'test',
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    skipRegionValidation: true,
    s3UsePathStyle: true,
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
  };
}

/** Where in its bucket a stack keeps its state. */
export const stateKey = (stack: string) => `${stack}/terraform.tfstate`;

/** Keeps a stack's state in its stage's bucket, or beside main.ts where the stage has none: a try-out, or an emulator. */
export function configureState(stack: TerraformStack, { settings, emulator }: StageConfig): void {
  if (settings.stateBucket === undefined || emulator !== undefined) {
    configureLocalState(stack);
    return;
  }
  new S3Backend(stack, {
    bucket: settings.stateBucket,
    key: stateKey(stack.node.id),
    region: settings.region,
    allowedAccountIds: [settings.account],
    // No `encrypt`: it would ask for S3's own key (AES256), in place of the KMS key that the bucket has as its default.
  });
  // cdktf 0.21 has no property for it yet.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

/** Keeps the state in a file beside main.ts, where a clean build does not remove it; its path is relative to the synthesized stack. */
function configureLocalState(stack: TerraformStack): void {
  new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
}
