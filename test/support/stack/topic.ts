import { SNSClient } from '@aws-sdk/client-sns';
import { type Sns, startSns } from '../../../local/aws/sns/sns.ts';

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';

export interface TestTopic {
  readonly sns: SNSClient;
  readonly topicArn: string;
  messagesAbout(text: string): { subject: string; message: string; attributes: Readonly<Record<string, string>> }[];
  /** The next publish fails. */
  failNext(error: Error): void;
}

/** A topic on the local SNS endpoint, with the real client, for the tests of one describe block. */
export function useTopic(): () => TestTopic {
  let server: Sns | undefined;
  let sns: SNSClient | undefined;
  let failure: Error | undefined;
  before(async () => {
    server = await startSns({
      topics: [{ topicArn, topicName: 'goal-activity-dev-alerts', emails: ['on-call@example.com'] }],
      fail: () => {
        const once = failure;
        failure = undefined;
        return once;
      },
    });
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
    const { messages } = server;
    return {
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
