import { AwsError } from '../endpoint.ts';

/** What SNS answers in an outage. */
export const OUTAGE_ERRORS = {
  throttled: () => new AwsError(429, 'ThrottledException', 'Rate exceeded', { code: 'Throttled' }),
  failed: () => new AwsError(500, 'InternalErrorException', 'Internal error', { code: 'InternalError' }),
};

/** A topic of the stack, and the e-mail addresses that are subscribed to it. */
export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly emails: readonly string[];
}

/** A Publish call. */
export interface PublishInput {
  readonly topicArn: string;
  readonly message: string;
  readonly subject?: string | undefined;
  /** By name; a filter of a subscription goes by them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** 256 KiB, in bytes of UTF-8. */
const MESSAGE_LIMIT = 256 * 1024;

const invalid = (reason: string): AwsError =>
  new AwsError(400, 'InvalidParameterException', `Invalid parameter: ${reason}`, { code: 'InvalidParameter' });

/** The topic of a call that SNS takes. @throws AwsError as SNS answers it */
export function checkPublish(
  { topicArn, message, subject, attributes }: PublishInput,
  topics: readonly Topic[],
): Topic {
  if (message === '') throw invalid('Empty message');
  if (Buffer.byteLength(message) > MESSAGE_LIMIT) throw invalid('Message too long');
  // ASCII without control characters, up to 100 of them, the first not a space.
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) throw invalid('Subject');
  for (const [name, value] of Object.entries(attributes))
    if (value === '') throw invalid(`The message attribute '${name}' must contain a non-empty value`);
  const topic = topics.find(({ arn }) => arn === topicArn);
  if (topic !== undefined) return topic;
  throw new AwsError(404, 'NotFoundException', 'Topic does not exist', { code: 'NotFound' });
}
