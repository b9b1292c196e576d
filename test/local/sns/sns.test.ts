import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InvalidParameterException,
  NotFoundException,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
} from '@aws-sdk/client-sns';
import { expect } from 'chai';
import type { Topic } from '../../../local/aws/sns/publish.ts';
import { createSns } from '../../../local/aws/sns/sns.ts';
import { failureOf } from '../../support/failure.ts';
import { NO_OUTAGES } from '../../support/stack/topic.ts';
import { clientConfig, useEndpoints } from '../aws/clients.ts';

const ALERTS: Topic = {
  arn: 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts',
  name: 'goal-activity-dev-alerts',
  emails: ['on-call@example.com', 'lead@example.com'],
};

describe('the local SNS', () => {
  const endpoints = useEndpoints();
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-sns-'));
    endpoints.onClose(() => rmSync(dataDir, { recursive: true, force: true }));
  });
  const inboxFile = () => join(dataDir, 'inbox.jsonl');
  const open = () => createSns({ topics: [ALERTS], dataDir, outages: NO_OUTAGES });

  async function start() {
    const sns = open();
    endpoints.onClose(() => sns.close());
    const url = await endpoints.start({ sns: sns.service });
    const client = new SNSClient(clientConfig(url));
    endpoints.onClose(() => client.destroy());
    const publish = (input: Partial<PublishCommandInput>) =>
      client.send(new PublishCommand({ TopicArn: ALERTS.arn, Message: 'Hello', ...input }));
    return { sns, publish };
  }

  it('takes a message of the SDK and shows it as the e-mail its subscribers would get', async () => {
    const { sns, publish } = await start();
    const Message = 'Line one\n<b>two</b> & "three" 日本語';
    const MessageAttributes = { 'goal.kind': { DataType: 'String', StringValue: 'a & b' } };
    const { MessageId } = await publish({ Subject: 'Execution failed', Message, MessageAttributes });
    const [{ timestamp = '', ...stored } = {}, ...others] = sns.messages();
    expect(others).to.deep.equal([]);
    expect(new Date(timestamp).toISOString()).to.equal(timestamp);
    expect(stored).to.deep.equal({
      messageId: MessageId,
      topicArn: ALERTS.arn,
      topicName: ALERTS.name,
      subject: 'Execution failed',
      message: Message,
      attributes: { 'goal.kind': 'a & b' },
      to: ALERTS.emails,
    });
  });

  for (const [what, input, message] of [
    ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'Invalid parameter: Subject'],
    ['a subject with a line break', { Subject: 'a\nb' }, 'Invalid parameter: Subject'],
    ['a subject that is not ASCII', { Subject: '失敗' }, 'Invalid parameter: Subject'],
    ['an empty message', { Message: '' }, 'Invalid parameter: Empty message'],
    ['a message over 256 KiB', { Message: 'x'.repeat(256 * 1024 + 1) }, 'Message too long'],
    ['a message of 2 MB', { Message: 'x'.repeat(2 * 1024 * 1024) }, 'Message too long'],
    ['an empty attribute', { MessageAttributes: { kind: { DataType: 'String', StringValue: '' } } }, "'kind' must"],
  ] as const) {
    it(`refuses ${what} as SNS does, and stores nothing`, async () => {
      const { sns, publish } = await start();
      const error = await failureOf(publish(input));
      expect(error).to.be.instanceOf(InvalidParameterException);
      expect(error.message).to.include(message);
      expect(sns.messages()).to.deep.equal([]);
    });
  }

  it('takes a subject and a message at their limits, for topics that it knows', async () => {
    const { sns, publish } = await start();
    await publish({ Subject: 'x'.repeat(100), Message: 'é'.repeat(128 * 1024) });
    expect(await failureOf(publish({ TopicArn: `${ALERTS.arn}x` }))).to.be.instanceOf(NotFoundException);
    expect(sns.messages()).to.have.length(1);
  });

  it('has every confirmed message in the file, where a kill -9 leaves it, readable for its owner alone', async () => {
    const { sns, publish } = await start();
    const { MessageId } = await publish({});
    expect(readFileSync(inboxFile(), 'utf8')).to.match(new RegExp(`^{.*"${MessageId}".*}\n$`));
    expect(statSync(inboxFile()).mode & 0o777).to.equal(0o600);
    const again = open();
    expect(again.messages()).to.deep.equal(sns.messages());
    again.close();
  });

  it('removes a last line that was torn, and appends after it cleanly', () => {
    const publish = (message: string) => {
      const sns = open();
      sns.publish({ topicArn: ALERTS.arn, message, attributes: {} });
      const messages = sns.messages().map((each) => each.message);
      sns.close();
      return messages;
    };
    publish('whole');
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
