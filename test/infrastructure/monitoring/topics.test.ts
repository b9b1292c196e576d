import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import {
  at,
  dev,
  expectArguments,
  prod,
  resourcesOf,
  type Synthesized,
  sentencesOf,
  synthesizeStage,
  withProd,
} from '../synthesized.ts';

/** Topic and address of every subscription, by its name in the JSON. */
const subscriptions = (synthesized: Synthesized) =>
  Object.entries(resourcesOf(synthesized, 'aws_sns_topic_subscription')).map(
    ([name, of]) => `${name} ${of.topic_arn} ${of.protocol} ${of.endpoint}`,
  );

describe('topics', () => {
  it('are encrypted with the stack’s own key, which the account and this account’s alarms alone may use', () => {
    const kms_master_key_id = '${aws_kms_key.topics_key.arn}';
    expectArguments(dev, {
      'aws_sns_topic.topics_alerts': { name: 'goal-activity-dev-alerts', kms_master_key_id },
      'aws_sns_topic.topics_notices': { name: 'goal-activity-dev-notices', kms_master_key_id },
    });
    expect(sentencesOf(at(dev, 'aws_kms_key.topics_key'))).to.deep.equal([
      'kms: * by arn:aws:iam::123456789012:root -> *',
      'kms: Decrypt GenerateDataKey by cloudwatch.amazonaws.com -> * if StringEquals aws:SourceAccount 123456789012',
    ]);
  });

  it('reach every address of the settings, and name none in a resource’s name', () => {
    const lines = (topic: string, emails: readonly string[]) =>
      emails.map((email) => `\${aws_sns_topic.topics_${topic}.arn} email ${email}`);
    const { alertEmails, noticeEmails } = settings.prod;
    expect(subscriptions(prod).map((line) => line.slice(line.indexOf(' ') + 1))).to.have.members([
      ...lines('alerts', alertEmails),
      ...lines('notices', noticeEmails),
    ]);
    expect(Object.keys(resourcesOf(prod, 'aws_sns_topic_subscription')).join()).to.not.match(/@|example/);
  });

  it('leave the other subscriptions as they are when an address goes', () => {
    const fewer = synthesizeStage('prod', withProd({ alertEmails: settings.prod.alertEmails.slice(1) }));
    expect(subscriptions(prod)).to.include.members(subscriptions(fewer));
    expect(subscriptions(fewer)).to.have.length(subscriptions(prod).length - 1);
  });
});
