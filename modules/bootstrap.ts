import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { bootstrapName, type StageConfig } from './config.ts';
import { keepNoncurrentVersions, PrivateBucket } from './private-bucket.ts';
import { configureLocalState, configureProvider } from './provider.ts';
import { ReadableStack } from './readable-stack.ts';

/** Days in which an earlier state can be brought back. */
const STATE_HISTORY_DAYS = 180;

/** The bucket that keeps the stage's state. Its own state is a local file, which `terraform import` can make again. */
export class BootstrapStack extends ReadableStack {
  constructor(scope: Construct, config: StageConfig, bucketName: string) {
    super(scope, bootstrapName(config.stage));
    configureProvider(this, config);
    configureLocalState(this);
    const { bucket } = new PrivateBucket(this, 'state', {
      name: bucketName,
      encryption: 'aws:kms',
      versioned: true,
      // Whatever the stage: who loses the state loses the way to change or remove what is deployed.
      protect: true,
      rules: [keepNoncurrentVersions(STATE_HISTORY_DAYS)],
    });
    new TerraformOutput(this, 'stateBucket', { value: bucket.id });
  }
}
