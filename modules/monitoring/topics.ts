import { createHash } from 'node:crypto';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import { Construct } from 'constructs';
import { allow, policyDocument, type Statement } from '../workflow/policy.ts';

/** Who is told what. */
export interface TopicsProps {
  /** Starts the topics' names. */
  readonly prefix: string;
  /** Region of the topics. */
  readonly region: string;
  /** Account that owns key and topics. */
  readonly account: string;
  /** Addresses that get alerts; each must confirm its subscription by mail. */
  readonly alertEmails: readonly string[];
  /** Addresses that get notices. */
  readonly noticeEmails: readonly string[];
}

/** The topics `alerts` (somebody must act) and `notices` (good to know), encrypted, with their e-mail subscriptions. */
export class Topics extends Construct {
  readonly alerts: SnsTopic;
  readonly notices: SnsTopic;
  /** What a role needs, besides sns:Publish, to publish to either topic. */
  readonly keyGrant: Statement;

  constructor(scope: Construct, id: string, props: TopicsProps) {
    super(scope, id);
    const key = new KmsKey(this, 'key', {
      description: `Messages of ${props.prefix}`,
      enableKeyRotation: true,
      policy: policyDocument(keyStatements(props.account)),
    });
    new KmsAlias(this, 'key-alias', { name: `alias/${props.prefix}-topics`, targetKeyId: key.keyId });
    this.keyGrant = allow('TopicKey', ['kms:Decrypt', 'kms:GenerateDataKey'], [key.arn], {
      StringEquals: { 'kms:ViaService': `sns.${props.region}.amazonaws.com` },
    });
    this.alerts = this.topic('alerts', props.prefix, key, props.alertEmails);
    this.notices = this.topic('notices', props.prefix, key, props.noticeEmails);
  }

  private topic(name: string, prefix: string, key: KmsKey, emails: readonly string[]): SnsTopic {
    const topic = new SnsTopic(this, name, { name: `${prefix}-${name}`, kmsMasterKeyId: key.arn });
    for (const endpoint of emails) {
      // Named after the address, so that removing one leaves the others subscribed; hashed, since state files are shared.
      const hash = createHash('sha256').update(endpoint).digest('hex').slice(0, 8);
      new SnsTopicSubscription(this, `${name}-email-${hash}`, { topicArn: topic.arn, protocol: 'email', endpoint });
    }
    return topic;
  }
}

/**
 * A key of our own: CloudWatch alarms cannot publish to a topic under the AWS managed key, whose policy nobody can
 * change. In a key's policy `*` is the key itself. `kms:*` for the account is what lets IAM policies grant anything on
 * the key, and keeps it from becoming unmanageable (AWS KMS, "Default key policy").
 */
function keyStatements(account: string): readonly Statement[] {
  return [
    {
      ...allow('Account', ['kms:*'], ['*']),
      Principal: { AWS: `arn:aws:iam::${account}:root` },
    },
    {
      ...allow('Alarms', ['kms:Decrypt', 'kms:GenerateDataKey'], ['*'], {
        StringEquals: { 'aws:SourceAccount': account },
      }),
      Principal: { Service: 'cloudwatch.amazonaws.com' },
    },
  ];
}
