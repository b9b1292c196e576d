import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InternalErrorException,
  InvalidParameterException,
  NotFoundException,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
  ThrottledException,
} from '@aws-sdk/client-sns';
import { expect } from 'chai';
import { NoAnswer, type Outages } from '../../../local/aws/outages.ts';
import { OUTAGE_ERRORS, type Topic } from '../../../local/aws/sns/publish.ts';
import { createSns } from '../../../local/aws/sns/sns.ts';
import { failureOf } from '../../support/failure.ts';
import { NO_OUTAGES } from '../../support/stack/topic.ts';
import { clientConfig, signedFor, useEndpoints } from '../aws/clients.ts';

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
  const open = (outages: Outages = NO_OUTAGES) => createSns({ topics: [ALERTS], dataDir, outages });

  async function start(outages?: Outages) {
    const sns = open(outages);
    endpoints.onClose(() => sns.close());
    const url = await endpoints.start({ sns: sns.service });
    const client = new SNSClient(clientConfig(url));
    endpoints.onClose(() => client.destroy());
    const publish = (input: Partial<PublishCommandInput>) =>
      client.send(new PublishCommand({ TopicArn: ALERTS.arn, Message: 'Hello', ...input }));
    return { sns, url, publish };
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

  it('takes a message without a subject, and one at each limit', async () => {
    const { sns, publish } = await start();
    await publish({});
    await publish({ Subject: 'x'.repeat(100), Message: 'é'.repeat(128 * 1024) });
    expect(sns.messages().map(({ subject }) => subject?.length ?? null)).to.deep.equal([null, 100]);
  });

  const attribute = (name: string, DataType = 'String', StringValue = 'x') => ({
    MessageAttributes: { [name]: { DataType, StringValue } },
  });
  for (const [what, input, message] of [
    ['an ARN that is none', { TopicArn: 'alerts' }, 'must have at least 6 elements, not 1'],
    ['no topic', { TopicArn: undefined }, 'no value for required parameter'],
    ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'Invalid parameter: Subject'],
    ['a subject with a line break', { Subject: 'a\nb' }, 'Invalid parameter: Subject'],
    ['a subject that is not ASCII', { Subject: '失敗' }, 'Invalid parameter: Subject'],
    ['an empty message', { Message: '' }, 'Invalid parameter: Empty message'],
    ['a message over 256 KiB', { Message: 'x'.repeat(256 * 1024 + 1) }, 'Message too long'],
    ['a message of 2 MB', { Message: 'x'.repeat(2 * 1024 * 1024) }, 'Message too long'],
    ['an attribute without a value', attribute('kind', 'String', ''), "'kind' must contain a non-empty value"],
    ['an attribute that is no string', attribute('kind', 'Number', '1'), 'Number'],
    ['an attribute whose name begins with a dot', attribute('.kind'), "'.kind'"],
  ] as const) {
    it(`refuses ${what} as SNS does, and stores nothing`, async () => {
      const { sns, publish } = await start();
      const error = await failureOf(publish(input));
      expect(error).to.be.instanceOf(InvalidParameterException);
      expect(error.message).to.include(message);
      expect(sns.messages()).to.deep.equal([]);
    });
  }

  it('knows its topics alone, and Publish alone', async () => {
    const { publish, url } = await start();
    expect(await failureOf(publish({ TopicArn: `${ALERTS.arn}x` }))).to.be.instanceOf(NotFoundException);
    const body = new URLSearchParams({ Action: 'Sub<scribe' });
    const answer = await fetch(url, { method: 'POST', body, headers: signedFor('sns') });
    expect(await answer.text())
      .to.include('<Code>InvalidAction</Code>')
      .and.include('Sub&lt;scribe');
  });

  it('throttles, fails or breaks off calls in an outage, and the stack’s own messages come through', async () => {
    const errors = [OUTAGE_ERRORS.failed(), OUTAGE_ERRORS.throttled(), new NoAnswer('none')];
    const { sns, publish } = await start({
      async meet(call) {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return call();
      },
    });
    sns.publish({ topicArn: ALERTS.arn, message: 'an alarm' });
    expect(await failureOf(publish({}))).to.be.instanceOf(InternalErrorException);
    expect(await failureOf(publish({}))).to.be.instanceOf(ThrottledException);
    expect(await failureOf(publish({}))).to.have.property('code', 'ECONNRESET');
    await publish({});
    expect(sns.messages()).to.have.length(2);
  });

  it('has every confirmed message after kill -9, readable for its owner alone', async function () {
    this.timeout(20_000);
    const script = `
      import { createSns } from ${JSON.stringify(new URL('../../../local/aws/sns/sns.ts', import.meta.url).href)};
      const sns = createSns({ topics: [${JSON.stringify(ALERTS)}], dataDir: ${JSON.stringify(dataDir)} });
      for (let index = 0; ; index += 1) {
        sns.publish({ topicArn: ${JSON.stringify(ALERTS.arn)}, message: String(index).padEnd(5000, 'x') });
        if (index === 200) process.stdout.write('ready');
        if (index >= 200) await new Promise((resolve) => setTimeout(resolve, 1));
      }`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const sns = open();
    const numbers = sns.messages().map(({ message }) => Number.parseInt(message, 10));
    sns.close();
    expect(numbers.length).to.be.at.least(201);
    expect(numbers).to.deep.equal(numbers.map((_, index) => index));
    expect(statSync(inboxFile()).mode & 0o777).to.equal(0o600);
  });

  it('removes a last line that was torn, and appends after it cleanly', () => {
    const publish = (message: string) => {
      const sns = open();
      sns.publish({ topicArn: ALERTS.arn, message });
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
    for (const line of ['{', '{"messageId":1}', 'null']) {
      writeFileSync(inboxFile(), `${line}\n{}\n`);
      expect(open).to.throw('inbox.jsonl:1 is not a message');
    }
  });
});
