import { randomUUID } from 'node:crypto';
import { describeError } from '@goal-activity/core/errors.ts';
import { AwsError } from '../endpoint.ts';
import type { Outages } from '../outages.ts';
import type { Sns } from './sns.ts';

/** The resource of a Task state that publishes to a topic. */
export const SNS_PUBLISH = 'arn:aws:states:::sns:publish';

const textOf = (parameters: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(parameters, name);
  return typeof value === 'string' ? value : undefined;
};

/**
 * Does what Step Functions' optimized integration `sns:publish` does with a state's parameters. It meets SNS's outages.
 * @throws Error named as Step Functions names it, such as `SNS.NotFoundException`
 */
export async function publishTask(
  sns: Pick<Sns, 'publish'>,
  outages: Outages,
  parameters: unknown,
): Promise<{ MessageId: string }> {
  const given = Object(parameters);
  const attributes = Object.entries(Object(Reflect.get(given, 'MessageAttributes') ?? {})).map(
    ([name, value]) => [name, textOf(Object(value), 'StringValue') ?? ''] as const,
  );
  const input = {
    topicArn: textOf(given, 'TopicArn') ?? '',
    message: textOf(given, 'Message') ?? '',
    subject: textOf(given, 'Subject'),
    attributes: Object.fromEntries(attributes),
  };
  try {
    const { messageId } = await outages.meet(() => sns.publish(input));
    return { MessageId: messageId };
  } catch (thrown) {
    throw snsTaskError(thrown);
  }
}

/** The Error and the Cause of a state whose message was not taken: Cause is in the words of Step Functions' own client. */
export function snsTaskError(thrown: unknown): Error {
  const { name, message } = describeError(thrown);
  const details =
    thrown instanceof AwsError
      ? ` (Service: AmazonSNS; Status Code: ${thrown.status}; Error Code: ${thrown.code}; Request ID: ${randomUUID()}; Proxy: null)`
      : '';
  return Object.assign(new Error(message + details, { cause: thrown }), { name: `SNS.${name}` });
}
