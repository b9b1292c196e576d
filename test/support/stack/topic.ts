import { SNSClient } from '@aws-sdk/client-sns';
import { startEndpoint } from '../../../local/aws/endpoint.ts';
import type { Outages } from '../../../local/aws/outages.ts';
import { createSns } from '../../../local/aws/sns/sns.ts';
import { useDataDir } from '../data-dir.ts';
import { clientConfig } from './endpoints.ts';

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';

/** Services that always work. */
export const NO_OUTAGES: Outages = { meet: async (call) => call() };

export type TestTopic = Awaited<ReturnType<typeof startTopic>>;

/** A topic on the local SNS, behind an endpoint of its own, with the real client. */
async function startTopic(dataDir: string) {
  const topics = [{ arn: topicArn, name: 'goal-activity-dev-alerts', emails: ['on-call@example.com'] }];
  const local = createSns({ topics, dataDir, outages: NO_OUTAGES });
  const { url, close } = await startEndpoint({ sns: local.service });
  const sns = new SNSClient(clientConfig(url));
  return {
    /** For AWS_ENDPOINT_URL_SNS. */
    url,
    sns,
    topicArn,
    messagesAbout: (text: string) => local.messages().filter(({ message }) => message.includes(text)),
    async close() {
      sns.destroy();
      await close();
      local.close();
    },
  };
}

/** A topic for the tests of one describe block. */
export function useTopic(): () => TestTopic {
  let topic: TestTopic | undefined;
  const dataDir = useDataDir(async () => topic?.close());
  before(async () => {
    topic = await startTopic(dataDir());
  });
  return () => {
    if (topic === undefined) throw new Error('useTopic() belongs in a describe block');
    return topic;
  };
}
