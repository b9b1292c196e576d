import { expect } from 'chai';
import { NoAnswer, type Outages } from '../../../local/aws/outages.ts';
import { OUTAGE_ERRORS, type PublishInput, SnsError } from '../../../local/aws/sns/publish.ts';
import { publishResult } from '../../../local/aws/sns/sns-task.ts';
import { failureOf } from '../../support/failure.ts';

const WORKS: Outages = { meet: async (call) => call() };

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
    expect(await publishResult(sns, WORKS, parameters)).to.deep.equal({ MessageId: 'm-1' });
    expect(published).to.deep.equal([
      {
        topicArn: 'topic',
        subject: 'subject',
        message: 'message',
        attributes: { kind: { dataType: 'String', stringValue: 'failure' } },
      },
    ]);
  });

  it('gives SNS what is there, and lets it refuse the rest', async () => {
    await publishResult(sns, WORKS, { Message: 'message' });
    await publishResult(sns, WORKS, 'no parameters');
    await publishResult(sns, WORKS, { MessageAttributes: { kind: 'failure' } });
    expect(published).to.deep.equal([
      { topicArn: '', message: 'message', attributes: {} },
      { topicArn: '', message: '', attributes: {} },
      { topicArn: '', message: '', attributes: { kind: { dataType: undefined, stringValue: undefined } } },
    ]);
  });

  it('fails with the Error and the Cause that Step Functions gives', async () => {
    const refusing = {
      publish: () => {
        throw new SnsError(404, 'NotFound', 'NotFoundException', 'Topic does not exist');
      },
    };
    const { name, message } = await failureOf(publishResult(refusing, WORKS, {}));
    expect(name).to.equal('SNS.NotFoundException');
    expect(message).to.match(
      /^Topic does not exist \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: [\w-]{36}; Proxy: null\)$/,
    );
  });

  it('says of no answer what there is to say', async () => {
    const silent: Outages = { meet: () => Promise.reject(new NoAnswer('Read timed out')) };
    expect((await failureOf(publishResult(sns, silent, {}))).message).to.equal('Read timed out');
  });

  for (const [error, name] of [
    [OUTAGE_ERRORS.throttled(), 'SNS.ThrottledException'],
    [OUTAGE_ERRORS.failed(), 'SNS.InternalErrorException'],
    [new NoAnswer('Read timed out'), 'SNS.SdkClientException'],
  ] as const) {
    it(`meets SNS’s outages: ${name}`, async () => {
      const outages: Outages = { meet: () => Promise.reject(error) };
      expect((await failureOf(publishResult(sns, outages, {}))).name).to.equal(name);
    });
  }
});
