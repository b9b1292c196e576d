import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
import { OUTAGE_ERRORS, SnsError, type Topic } from '../../../local/aws/sns/publish.ts';
import { type SnsOptions, startSns } from '../../../local/aws/sns/sns.ts';
import { failure } from '../http/testing.ts';

const ALERTS: Topic = {
  topicArn: 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts',
  topicName: 'goal-activity-dev-alerts',
  emails: ['on-call@example.com', 'lead@example.com'],
};

describe('the local SNS', () => {
  const open: (() => Promise<void> | void)[] = [];

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function start(options: Partial<SnsOptions> = {}) {
    const sns = await startSns({ topics: [ALERTS], ...options });
    open.push(() => sns.close());
    const client = new SNSClient({
      endpoint: sns.url,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    open.push(() => client.destroy());
    const publish = (input: Partial<PublishCommandInput>) =>
      client.send(new PublishCommand({ TopicArn: ALERTS.topicArn, Message: 'Hello', ...input }));
    return { sns, publish };
  }

  async function dataDir(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'goal-activity-sns-'));
    open.push(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  it('takes a message of the SDK and shows it as the e-mail its subscribers would get', async () => {
    const { sns, publish } = await start();
    const message = 'Line one\n<b>two</b> & "three" 日本語';
    const { MessageId, $metadata } = await publish({ Subject: 'Execution failed', Message: message });
    expect(MessageId).to.match(/^[0-9a-f-]{36}$/);
    expect($metadata.requestId).to.match(/^[0-9a-f-]{36}$/);
    const [stored, ...others] = sns.messages();
    expect(others).to.deep.equal([]);
    expect(stored?.timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(stored).to.deep.include({
      messageId: MessageId,
      topicArn: ALERTS.topicArn,
      topicName: 'goal-activity-dev-alerts',
      subject: 'Execution failed',
      message,
      to: ['on-call@example.com', 'lead@example.com'],
    });
  });

  it('keeps the attributes of a message, by which a subscription could filter', async () => {
    const { sns, publish } = await start();
    await publish({
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'timeout' },
        'goal.stage': { DataType: 'String', StringValue: 'dev & test' },
      },
    });
    await publish({});
    expect(sns.messages().map(({ attributes }) => attributes)).to.deep.equal([
      { kind: 'timeout', 'goal.stage': 'dev & test' },
      {},
    ]);
  });

  it('takes a message without a subject, and one at each limit', async () => {
    const { sns, publish } = await start();
    await publish({});
    await publish({ Subject: 'x'.repeat(100), Message: 'é'.repeat(128 * 1024) });
    expect(sns.messages().map(({ subject }) => subject?.length ?? null)).to.deep.equal([null, 100]);
  });

  for (const [what, input, exception, message] of [
    ['an unknown topic', { TopicArn: `${ALERTS.topicArn}x` }, NotFoundException, 'Topic does not exist'],
    ['an ARN that is none', { TopicArn: 'alerts' }, InvalidParameterException, 'must have at least 6 elements, not 1'],
    ['no topic', { TopicArn: undefined }, InvalidParameterException, 'no value for required parameter'],
    [
      'a subject of 101 characters',
      { Subject: 'x'.repeat(101) },
      InvalidParameterException,
      'Invalid parameter: Subject',
    ],
    ['a subject with a line break', { Subject: 'a\nb' }, InvalidParameterException, 'Invalid parameter: Subject'],
    ['a subject that is not ASCII', { Subject: '失敗' }, InvalidParameterException, 'Invalid parameter: Subject'],
    ['an empty subject', { Subject: '' }, InvalidParameterException, 'Invalid parameter: Subject'],
    ['an empty message', { Message: '' }, InvalidParameterException, 'Invalid parameter: Empty message'],
    ['a message over 256 KiB', { Message: 'x'.repeat(256 * 1024 + 1) }, InvalidParameterException, 'Message too long'],
    ['a message of 2 MB', { Message: 'x'.repeat(2 * 1024 * 1024) }, InvalidParameterException, 'Message too long'],
    [
      'JSON without a default',
      { Message: '{}', MessageStructure: 'json' },
      InvalidParameterException,
      'No default entry',
    ],
    [
      'an attribute without a value',
      { MessageAttributes: { kind: { DataType: 'String', StringValue: '' } } },
      InvalidParameterException,
      "'kind' must contain a non-empty value",
    ],
    [
      'an attribute that is no string',
      { MessageAttributes: { kind: { DataType: 'Number', StringValue: '1' } } },
      InvalidParameterException,
      'Number',
    ],
    [
      'an attribute whose name begins with a dot',
      { MessageAttributes: { '.kind': { DataType: 'String', StringValue: 'x' } } },
      InvalidParameterException,
      "'.kind'",
    ],
    [
      'an attribute whose name holds a space',
      { MessageAttributes: { 'a kind': { DataType: 'String', StringValue: 'x' } } },
      InvalidParameterException,
      "'a kind'",
    ],
    ['JSON that is none', { Message: '{', MessageStructure: 'json' }, InvalidParameterException, 'failed to parse'],
  ] as const) {
    it(`refuses ${what} as SNS does, and stores nothing`, async () => {
      const { sns, publish } = await start();
      const error = await failure(publish(input));
      expect(error).to.be.instanceOf(exception);
      expect(error).to.have.property('message').that.includes(message);
      expect(sns.messages()).to.deep.equal([]);
    });
  }

  it('takes the text for e-mail out of a message by protocol', async () => {
    const { sns, publish } = await start();
    await publish({ Message: JSON.stringify({ default: 'short', email: 'long' }), MessageStructure: 'json' });
    await publish({ Message: JSON.stringify({ default: 'short' }), MessageStructure: 'json' });
    expect(sns.messages().map(({ message }) => message)).to.deep.equal(['long', 'short']);
  });

  it('knows Publish alone', async () => {
    const { sns } = await start();
    const response = await fetch(sns.url, { method: 'POST', body: new URLSearchParams({ Action: 'Sub<scribe' }) });
    expect(response.status).to.equal(400);
    expect(await response.text())
      .to.include('<Code>InvalidAction</Code>')
      .and.to.include('Sub&lt;scribe');
  });

  it('publishes in process with the same checks', async () => {
    const { sns } = await start();
    const { messageId } = sns.publish({ topicArn: ALERTS.topicArn, subject: 'Hi', message: 'there' });
    expect(sns.messages()[0]).to.deep.include({ messageId, subject: 'Hi', message: 'there' });
    expect(() => sns.publish({ topicArn: 'arn:aws:sns:a:b:c', message: 'x' }))
      .to.throw(SnsError, 'Topic does not exist')
      .with.property('name', 'NotFoundException');
  });

  it('fails when its fault hook says so', async () => {
    const errors = [new Error('down'), new SnsError(429, 'Throttled', 'ThrottledException', 'Rate exceeded')];
    const { sns, publish } = await start({ fail: () => errors.shift() });
    expect(await failure(publish({})))
      .to.be.instanceOf(InternalErrorException)
      .with.property('message', 'down');
    expect(await failure(publish({}))).to.be.instanceOf(ThrottledException);
    await publish({});
    expect(sns.messages()).to.have.length(1);
  });

  it('throttles, fails or breaks off calls in an outage, and the stack’s own messages come through', async () => {
    const errors = [OUTAGE_ERRORS.failed(), OUTAGE_ERRORS.throttled(), new NoAnswer('none')];
    const outages: Outages = {
      async meet(call) {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return call();
      },
    };
    const { sns, publish } = await start({ outages });
    sns.publish({ topicArn: ALERTS.topicArn, message: 'an alarm' });
    expect(await failure(publish({}))).to.be.instanceOf(InternalErrorException);
    expect(await failure(publish({}))).to.be.instanceOf(ThrottledException);
    expect(await failure(publish({}))).to.have.property('code', 'ECONNRESET');
    await publish({});
    expect(sns.messages()).to.have.length(2);
  });

  it('keeps its inbox over a restart', async () => {
    const path = await dataDir();
    const first = await start({ dataDir: path });
    await first.publish({ Message: 'one\ntwo' });
    await first.sns.close();
    const second = await start({ dataDir: path });
    await second.publish({ Message: 'three' });
    await second.sns.close();
    const third = await start({ dataDir: path });
    expect(third.sns.messages().map(({ message }) => message)).to.deep.equal(['one\ntwo', 'three']);
    expect(third.sns.messages()[0]).to.deep.equal(first.sns.messages()[0]);
    expect((await stat(join(path, 'inbox.jsonl'))).mode & 0o777).to.equal(0o600);
  });

  it('has every confirmed message after kill -9', async function () {
    this.timeout(20_000);
    const path = await dataDir();
    const script = `
      import { startSns } from ${JSON.stringify(new URL('../../../local/aws/sns/sns.ts', import.meta.url).href)};
      const sns = await startSns({ topics: [${JSON.stringify(ALERTS)}], dataDir: ${JSON.stringify(path)} });
      for (let index = 0; ; index += 1) {
        sns.publish({ topicArn: ${JSON.stringify(ALERTS.topicArn)}, message: String(index).padEnd(5000, 'x') });
        if (index === 200) process.stdout.write('ready');
        if (index >= 200) await new Promise((resolve) => setTimeout(resolve, 1));
      }`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { sns } = await start({ dataDir: path });
    const numbers = sns.messages().map(({ message }) => Number.parseInt(message, 10));
    expect(numbers.length).to.be.at.least(201);
    expect(numbers).to.deep.equal(numbers.map((_, index) => index));
  });

  it('removes a last line that was torn, and appends after it cleanly', async () => {
    const path = await dataDir();
    const file = join(path, 'inbox.jsonl');
    const first = await start({ dataDir: path });
    await first.publish({ Message: 'whole' });
    await first.sns.close();
    const line = await readFile(file);
    for (const length of [1, line.length >> 1, line.length - 1]) {
      await writeFile(file, line);
      await appendFile(file, line.subarray(0, length));
      const { sns } = await start({ dataDir: path });
      expect(sns.messages()).to.have.length(1);
      sns.publish({ topicArn: ALERTS.topicArn, message: 'next' });
      await sns.close();
      const again = await start({ dataDir: path });
      expect(again.sns.messages().map(({ message }) => message)).to.deep.equal(['whole', 'next']);
      await again.sns.close();
    }
  });

  it('reads an inbox from before attributes were kept', async () => {
    const path = await dataDir();
    const first = await start({ dataDir: path });
    await first.publish({ Message: 'old' });
    await first.sns.close();
    const file = join(path, 'inbox.jsonl');
    const { attributes: _attributes, ...old } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, `${JSON.stringify(old)}\n`);
    const { sns } = await start({ dataDir: path });
    expect(sns.messages()[0]).to.deep.include({ message: 'old', attributes: {} });
  });

  it('says which line of the file it cannot read', async () => {
    const path = await dataDir();
    await writeFile(join(path, 'inbox.jsonl'), '{"messageId":1}\n{}\n');
    const error = await failure(startSns({ topics: [], dataDir: path }));
    expect(error).to.have.property('message').that.includes('inbox.jsonl:1 is not a message');
    for (const attributes of [null, 'text', { kind: 1 }]) {
      await writeFile(
        join(path, 'inbox.jsonl'),
        `${JSON.stringify({ messageId: 'm', topicArn: 'a', topicName: 't', subject: null, message: 'm', timestamp: 'n', to: [], attributes })}\n`,
      );
      expect(await failure(startSns({ topics: [], dataDir: path }))).to.have.property('message');
    }
  });
});
