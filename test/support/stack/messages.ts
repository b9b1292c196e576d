import type { InboxMessage } from '../../../local/aws/sns/inbox.ts';
import type { LocalStack } from '../../../local/stack.ts';

/** What SNS was told about an execution, each once: it may take a message and say that it did not, and then gets it again. */
export function messagesAbout({ inbox }: LocalStack, executionArn: string): InboxMessage[] {
  const messages = inbox().filter(({ message }) => message.includes(executionArn));
  const textOf = ({ topicName, subject, message }: InboxMessage) => JSON.stringify([topicName, subject, message]);
  return [...new Map(messages.map((each) => [textOf(each), each])).values()];
}
