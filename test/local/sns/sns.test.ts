import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  InvalidParameterException,
  NotFoundException,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
} from '@aws-sdk/client-sns';
import { expect } from 'chai';
import { createSns } from '../../../local/aws/sns/sns.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, useEndpoints } from '../../support/stack/endpoints.ts';
import { NO_OUTAGES } from '../../support/stack/topic.ts';

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';
const TOPIC = { arn: topicArn, name: 'goal-activity-dev-alerts', emails: ['on-call@example.com'] };

describe('the local SNS', () => {
  const endpoints = useEndpoints();
  const dataDir = useDataDir();
  const inboxFile = () => join(dataDir(), 'inbox.jsonl');
  afterEach(() => rmSync(inboxFile()));
  const open = () => createSns({ topics: [TOPIC], dataDir: dataDir(), outages: NO_OUTAGES });

  it('takes what SNS takes, and refuses what it refuses', async () => {
    const sns = open();
    endpoints.onClose(() => sns.close());
    const client = new SNSClient(clientConfig(await endpoints.start({ sns: sns.service })));
    endpoints.onClose(() => client.destroy());
    const publish = (input: Partial<PublishCommandInput>) =>
      client.send(new PublishCommand({ TopicArn: topicArn, Message: 'Hello', ...input }));
    for (const [what, input, message] of [
      ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'Invalid parameter: Subject'],
      ['a subject with a line break', { Subject: 'a\nb' }, 'Invalid parameter: Subject'],
      ['a subject that is not ASCII', { Subject: '失敗' }, 'Invalid parameter: Subject'],
      ['an empty message', { Message: '' }, 'Invalid parameter: Empty message'],
      ['a message over 256 KiB', { Message: 'x'.repeat(256 * 1024 + 1) }, 'Message too long'],
      ['an empty attribute', { MessageAttributes: { kind: { DataType: 'String', StringValue: '' } } }, "'kind' must"],
    ] as const) {
      const error = await failureOf(publish(input));
      expect(error, what).to.be.instanceOf(InvalidParameterException);
      expect(error.message).to.include(message);
    }
    expect(await failureOf(publish({ TopicArn: `${topicArn}x` }))).to.be.instanceOf(NotFoundException);
    expect(sns.messages()).to.deep.equal([]);
    const Message = `<b>&" 日本語\n${'é'.repeat(127 * 1024)}`;
    await publish({ Subject: 'x'.repeat(100), Message });
    expect(sns.messages().map((each) => each.message)).to.deep.equal([Message]);
  });

  it('keeps every message in a file that its owner alone reads, less a last line that was torn', () => {
    const publish = (message: string) => {
      const sns = open();
      sns.publish({ topicArn, message, attributes: {} });
      const messages = sns.messages().map((each) => each.message);
      sns.close();
      return messages;
    };
    publish('whole');
    expect(statSync(inboxFile()).mode & 0o777).to.equal(0o600);
    const line = readFileSync(inboxFile());
    for (const length of [1, line.length >> 1, line.length - 1]) {
      writeFileSync(inboxFile(), line);
      appendFileSync(inboxFile(), line.subarray(0, length));
      expect(publish('next')).to.deep.equal(['whole', 'next']);
      expect(publish('last')).to.deep.equal(['whole', 'next', 'last']);
    }
  });

  it('says which line of the file it cannot read', () => {
    for (const line of ['{', '{"messageId":1', '']) {
      writeFileSync(inboxFile(), `${line}\n{}\n`);
      expect(open).to.throw('inbox.jsonl:1 is not a message');
    }
  });
});
