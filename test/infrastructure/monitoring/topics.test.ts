import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import {
  dev,
  prod,
  reference,
  resourceOf,
  resourcesOf,
  type Synthesized,
  statementsOf,
  synthesizeStage,
} from '../synthesized.ts';

/** Topic and address of every subscription, by its name in the JSON. */
const subscriptions = (synthesized: Synthesized) =>
  Object.entries(resourcesOf(synthesized, 'aws_sns_topic_subscription')).map(
    ([name, { topic_arn, protocol, endpoint }]) => [name, topic_arn, protocol, endpoint].join(' '),
  );

describe('topics', () => {
  for (const topic of ['alerts', 'notices']) {
    it(`encrypts ${topic} with the stack's own key, which alarms may use`, () => {
      expect(resourceOf(dev, 'aws_sns_topic', `topics_${topic}`)).to.include({
        name: `goal-activity-dev-${topic}`,
        kms_master_key_id: reference('aws_kms_key.topics_key.arn'),
      });
    });
  }

  it('rotates the key, and lets only the account and this account’s alarms use it', () => {
    const key = resourceOf(dev, 'aws_kms_key', 'topics_key');
    expect(key.enable_key_rotation).to.equal(true);
    const uses = statementsOf(key.policy).map(({ Principal, Action, Condition }) => ({ Principal, Action, Condition }));
    expect(uses).to.deep.equal([
      { Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: ['kms:*'], Condition: undefined },
      {
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ]);
  });

  it('subscribes every address of the settings to its topic', () => {
    const expected = [
      ...settings.prod.alertEmails.map((email) => `\${aws_sns_topic.topics_alerts.arn} email ${email}`),
      ...settings.prod.noticeEmails.map((email) => `\${aws_sns_topic.topics_notices.arn} email ${email}`),
    ];
    expect(subscriptions(prod).map((line) => line.slice(line.indexOf(' ') + 1))).to.have.members(expected);
  });

  it('leaves the other subscriptions as they are when an address goes', () => {
    const [, ...alertEmails] = settings.prod.alertEmails;
    const fewer = synthesizeStage('prod', { ...settings, prod: { ...settings.prod, alertEmails } });
    expect(subscriptions(prod)).to.include.members(subscriptions(fewer));
    expect(subscriptions(fewer)).to.have.length(subscriptions(prod).length - 1);
  });

  it('names no address in a resource’s name', () => {
    expect(Object.keys(resourcesOf(prod, 'aws_sns_topic_subscription')).join()).to.not.match(/@|example/);
  });
});
