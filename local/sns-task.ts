import { describeError } from '@goal-activity/core/errors.ts';
import type { Outages } from './outages.ts';
import type { Sns } from './sns/sns.ts';

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
export async function publishResult(
  sns: Pick<Sns, 'publish'>,
  outages: Outages,
  parameters: unknown,
): Promise<{ MessageId: string }> {
  const given = typeof parameters === 'object' && parameters !== null ? parameters : {};
  const subject = textOf(given, 'Subject');
  try {
    const input = {
      topicArn: textOf(given, 'TopicArn') ?? '',
      message: textOf(given, 'Message') ?? '',
      ...(subject === undefined ? {} : { subject }),
    };
    const { messageId } = await outages.meet(() => sns.publish(input));
    return { MessageId: messageId };
  } catch (thrown) {
    const { name, message } = describeError(thrown);
    throw Object.assign(new Error(message, { cause: thrown }), { name: `SNS.${name}` });
  }
}
