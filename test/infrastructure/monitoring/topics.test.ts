import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { at, dev, prod, resourcesOf, sentencesOf, synthesizeStage, withProd } from '../synthesized.ts';

/** Every subscription: its name in the JSON, topic and address. */
const subscriptions = (synthesized: typeof prod) =>
  Object.entries(resourcesOf(synthesized, 'aws_sns_topic_subscription')).map(
    ([name, { topic_arn, protocol, endpoint }]) => [name, topic_arn, `${protocol} ${endpoint}`],
  );

describe('topics', () => {
  it('are encrypted with a key that the account and alarms may use, in the words of AWS, which have no condition', () => {
    expect(sentencesOf(at(dev, 'aws_kms_key.topics_key'))).to.deep.equal([
      'kms: * by arn:aws:iam::123456789012:root -> *',
      'kms: GenerateDataKey* Decrypt by cloudwatch.amazonaws.com -> *',
    ]);
  });

  it('are published to over TLS alone, and alerts by this stage’s alarms besides those who have a grant', () => {
    const policyOf = (topic: string) => sentencesOf(at(dev, `aws_sns_topic_policy.topics_${topic}_policy`));
    const tlsOnly = (topic: string) =>
      `Deny sns: Publish by * -> \${aws_sns_topic.topics_${topic}.arn} if Bool aws:SecureTransport false`;
    expect(policyOf('notices')).to.deep.equal([tlsOnly('notices')]);
    expect(policyOf('alerts')).to.deep.equal([
      tlsOnly('alerts'),
      'sns: Publish by cloudwatch.amazonaws.com -> ~-alerts if ArnLike aws:SourceArn alarm:~-*',
    ]);
    // Under which all its alarms are.
    const alarms = Object.values(resourcesOf(dev, 'aws_cloudwatch_metric_alarm'));
    expect(alarms.filter(({ alarm_name: name }) => !String(name).startsWith('goal-activity-dev-'))).to.deep.equal([]);
  });

  it('reach every address of the settings, name none in a resource’s name, and leave the others when one goes', () => {
    const of = (topic: string, emails: readonly string[]) =>
      emails.map((email) => [`\${aws_sns_topic.topics_${topic}.arn}`, `email ${email}`]);
    const { alertEmails, noticeEmails } = settings.prod;
    const all = subscriptions(prod);
    const expected = [...of('alerts', alertEmails), ...of('notices', noticeEmails)];
    expect(all.map(([, ...rest]) => rest)).to.have.deep.members(expected);
    expect(all.map(([name]) => name).join()).to.not.match(/@|example/);
    const fewer = subscriptions(synthesizeStage('prod', withProd({ alertEmails: alertEmails.slice(1) })));
    expect(all).to.include.deep.members(fewer);
    expect(fewer).to.have.length(all.length - 1);
  });
});
