import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SNSClient } from '@aws-sdk/client-sns';
import { startEndpoint } from '../../../local/aws/endpoint.ts';
import type { Outages } from '../../../local/aws/outages.ts';
import { createSns } from '../../../local/aws/sns/sns.ts';

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';

/** Services that always work. */
export const NO_OUTAGES: Outages = { meet: async (call) => call() };

/** A topic on the local SNS, behind an endpoint of its own. */
async function startSns(outages: Outages) {
  const dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-sns-'));
  const topics = [{ arn: topicArn, name: 'goal-activity-dev-alerts', emails: ['on-call@example.com'] }];
  const sns = createSns({ topics, dataDir, outages });
  const endpoint = await startEndpoint({ sns: sns.service });
  return {
    url: endpoint.url,
    messages: () => sns.messages(),
    async close() {
      await endpoint.close();
      sns.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

export interface TestTopic {
  /** For AWS_ENDPOINT_URL_SNS. */
  readonly url: string;
  readonly sns: SNSClient;
  readonly topicArn: string;
  messagesAbout(text: string): { subject: string; message: string; attributes: Readonly<Record<string, string>> }[];
  /** The next publish fails. */
  failNext(error: Error): void;
}

/** A topic on the local SNS, with the real client, for the tests of one describe block. */
export function useTopic(): () => TestTopic {
  let server: Awaited<ReturnType<typeof startSns>> | undefined;
  let sns: SNSClient | undefined;
  let failure: Error | undefined;
  before(async () => {
    const outages: Outages = {
      async meet(call) {
        const once = failure;
        failure = undefined;
        if (once !== undefined) throw once;
        return call();
      },
    };
    server = await startSns(outages);
    sns = new SNSClient({
      endpoint: server.url,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  after(async () => {
    sns?.destroy();
    await server?.close();
  });
  return () => {
    if (server === undefined || sns === undefined) throw new Error('useTopic() belongs in a describe block');
    const { url, messages } = server;
    return {
      url,
      sns,
      topicArn,
      messagesAbout: (text) =>
        messages()
          .filter(({ message }) => message.includes(text))
          .map(({ subject, message, attributes }) => ({ subject: subject ?? '', message, attributes })),
      failNext: (error) => {
        failure = error;
      },
    };
  };
}
