import { expect } from 'chai';
import { failureOf } from '../test/support/failure.ts';
import type { PublishInput } from './sns/publish.ts';
import { SnsError } from './sns/publish.ts';
import { publishResult } from './sns-task.ts';

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
    expect(await publishResult(sns, parameters)).to.deep.equal({ MessageId: 'm-1' });
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
    await publishResult(sns, { Message: 'message' });
    await publishResult(sns, 'no parameters');
    await publishResult(sns, { MessageAttributes: { kind: 'failure' } });
    expect(published).to.deep.equal([
      { topicArn: '', message: 'message', attributes: {} },
      { topicArn: '', message: '', attributes: {} },
      { topicArn: '', message: '', attributes: { kind: { dataType: undefined, stringValue: undefined } } },
    ]);
  });

  it('fails with the name that Step Functions gives the error', async () => {
    const refusing = {
      publish: () => {
        throw new SnsError(404, 'NotFound', 'NotFoundException', 'Topic does not exist');
      },
    };
    expect(await failureOf(publishResult(refusing, {}))).to.include({
      name: 'SNS.NotFoundException',
      message: 'Topic does not exist',
    });
  });
});
