import { createHash } from 'node:crypto';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { allow, allowService, policyDocument, type Statement, tlsOnly } from '../policy-document.ts';

/**
 * The topics `alerts` (somebody must act) and `notices` (good to know), encrypted, with their e-mail subscriptions.
 * @returns alerts, and what a role needs, besides sns:Publish, to publish to either topic
 */
export function makeTopics(scope: Construct, config: StageConfig): { alerts: SnsTopic; keyGrant: Statement } {
  const topics = new Construct(scope, 'topics');
  const { prefix, settings, names } = config;
  const key = new KmsKey(topics, 'key', {
    description: `Messages of ${prefix}`,
    enableKeyRotation: true,
    policy: policyDocument(keyStatements(settings.account)),
  });
  new KmsAlias(topics, 'key-alias', { name: `alias/${prefix}-topics`, targetKeyId: key.keyId });
  const make = (id: 'alerts' | 'notices', emails: readonly string[], others: readonly Statement[] = []) => {
    const topic = new SnsTopic(topics, id, { name: names[id].name, kmsMasterKeyId: key.arn });
    // In place of SNS's default policy, which lets the whole account in; whoever publishes here has a grant of its own. Of
    // other actions than a topic's SNS takes no policy ("action out of service scope"), so none of sns:*.
    new SnsTopicPolicy(topics, `${id}-policy`, {
      arn: topic.arn,
      policy: policyDocument([tlsOnly(['sns:Publish'], [topic.arn]), ...others]),
    });
    for (const endpoint of emails) {
      // Named after the address, so that removing one leaves the others subscribed; hashed, since state files are shared.
      const hash = createHash('sha256').update(endpoint).digest('hex').slice(0, 8);
      new SnsTopicSubscription(topics, `${id}-email-${hash}`, { topicArn: topic.arn, protocol: 'email', endpoint });
    }
    return topic;
  };
  make('notices', settings.noticeEmails);
  return {
    alerts: make('alerts', settings.alertEmails, [alarmsMayPublish(config)]),
    keyGrant: allow('TopicKey', ['kms:Decrypt', 'kms:GenerateDataKey'], [key.arn], {
      StringEquals: { 'kms:ViaService': `sns.${settings.region}.amazonaws.com` },
    }),
  };
}

/** This stage's alarms publish as a service, in the words of the SNS guide ("Example cases for Amazon SNS access control"). */
function alarmsMayPublish({ prefix, names, settings: { region, account } }: StageConfig): Statement {
  return allowService('cloudwatch.amazonaws.com', 'Alarms', ['sns:Publish'], [names.alerts.arn], {
    ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${region}:${account}:alarm:${prefix}-*` },
  });
}

/**
 * A key of our own: CloudWatch alarms cannot publish to a topic under the AWS managed key, whose policy nobody can
 * change. In a key's policy `*` is the key itself. `kms:*` for the account is what lets IAM policies grant anything on
 * the key, and keeps it from becoming unmanageable (AWS KMS, "Default key policy").
 *
 * The alarms' statement has no condition, since what AWS documents has none (SNS guide, "Key management", compatibility
 * with AWS services): whether the call to KMS names a source depends on the service, and where it does not, every alarm
 * would be mute. Alarms of other accounts are kept out by the policy of the topic.
 */
function keyStatements(account: string): readonly Statement[] {
  return [
    { ...allow('Account', ['kms:*'], ['*']), Principal: { AWS: `arn:aws:iam::${account}:root` } },
    allowService('cloudwatch.amazonaws.com', 'Alarms', ['kms:GenerateDataKey*', 'kms:Decrypt'], ['*']),
  ];
}
