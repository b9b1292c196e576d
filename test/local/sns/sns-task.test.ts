import { expect } from 'chai';
import { AwsError } from '../../../local/aws/endpoint.ts';
import { NoAnswer, type Outages } from '../../../local/aws/outages.ts';
import { OUTAGE_ERRORS, type PublishInput } from '../../../local/aws/sns/publish.ts';
import { publishTask } from '../../../local/aws/sns/sns-task.ts';
import { failureOf } from '../../support/failure.ts';
import { NO_OUTAGES } from '../../support/stack/topic.ts';

describe('a state that publishes', () => {
  const published: PublishInput[] = [];
  const sns = {
    publish: (input: PublishInput) => {
      published.push(input);
      return { messageId: 'm-1' };
    },
  };
  beforeEach(() => published.splice(0));

  it('publishes topic, subject, message and attributes of its parameters, and gives the id', async () => {
    const parameters = {
      TopicArn: 'topic',
      Subject: 'subject',
      Message: 'message',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'failure' } },
    };
    expect(await publishTask(sns, NO_OUTAGES, parameters)).to.deep.equal({ MessageId: 'm-1' });
    const attributes = { kind: { dataType: 'String', stringValue: 'failure' } };
    expect(published).to.deep.equal([{ topicArn: 'topic', subject: 'subject', message: 'message', attributes }]);
  });

  it('gives SNS what is there, and lets it refuse the rest', async () => {
    await publishTask(sns, NO_OUTAGES, 'no parameters');
    expect(published).to.deep.equal([{ topicArn: '', subject: undefined, message: '', attributes: {} }]);
  });

  for (const [error, name, message] of [
    [OUTAGE_ERRORS.throttled(), 'SNS.ThrottledException', /Error Code: Throttled;/],
    [OUTAGE_ERRORS.failed(), 'SNS.InternalErrorException', /Error Code: InternalError;/],
    [new NoAnswer('Read timed out'), 'SNS.SdkClientException', /^Read timed out$/],
    [
      new AwsError(404, 'NotFoundException', 'Topic does not exist', { code: 'NotFound' }),
      'SNS.NotFoundException',
      /^Topic does not exist \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: [\w-]{36}; Proxy: null\)$/,
    ],
  ] as const) {
    it(`fails as Step Functions has it: ${name}`, async () => {
      const outages: Outages = { meet: () => Promise.reject(error) };
      const failure = await failureOf(publishTask(sns, outages, {}));
      expect(failure.name).to.equal(name);
      expect(failure.message).to.match(message);
    });
  }
});
