import { SNSClient } from '@aws-sdk/client-sns';
import { startEndpoint } from '../../../local/aws/endpoint.ts';
import type { Outages } from '../../../local/aws/outages.ts';
import { createSns } from '../../../local/aws/sns/sns.ts';
import { useDataDir } from '../data-dir.ts';
import { clientConfig } from './endpoints.ts';

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';

/** Services that always work. */
export const NO_OUTAGES: Outages = { meet: async (call) => call() };

export interface TestTopic {
  /** For AWS_ENDPOINT_URL_SNS. */
  readonly url: string;
  readonly sns: SNSClient;
  readonly topicArn: string;
  messagesAbout(text: string): { subject: string; message: string; attributes: Readonly<Record<string, string>> }[];
  /** The next publish fails. */
  failNext(error: Error): void;
}

/** A topic on the local SNS, behind an endpoint of its own, with the real client, for the tests of one describe block. */
export function useTopic(): () => TestTopic {
  const topics = [{ arn: topicArn, name: 'goal-activity-dev-alerts', emails: ['on-call@example.com'] }];
  let topic: TestTopic | undefined;
  let failure: Error | undefined;
  let close = async () => {};
  const dataDir = useDataDir(() => close());
  const outages: Outages = {
    async meet(call) {
      const once = failure;
      failure = undefined;
      if (once !== undefined) throw once;
      return call();
    },
  };
  before(async () => {
    const local = createSns({ topics, dataDir: dataDir(), outages });
    const endpoint = await startEndpoint({ sns: local.service });
    const sns = new SNSClient(clientConfig(endpoint.url));
    topic = {
      url: endpoint.url,
      sns,
      topicArn,
      messagesAbout: (text) =>
        local
          .messages()
          .filter(({ message }) => message.includes(text))
          .map(({ subject, message, attributes }) => ({ subject: subject ?? '', message, attributes })),
      failNext: (error) => {
        failure = error;
      },
    };
    close = async () => {
      sns.destroy();
      await endpoint.close();
      local.close();
    };
  });
  return () => {
    if (topic === undefined) throw new Error('useTopic() belongs in a describe block');
    return topic;
  };
}
