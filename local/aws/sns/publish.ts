/** What SNS refuses a call with: `name` is the SDK's exception, `code` the one on the wire. */
export class SnsError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, name: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.name = name;
  }
}

/** What SNS answers in an outage. */
export const OUTAGE_ERRORS = {
  throttled: () => new SnsError(429, 'Throttled', 'ThrottledException', 'Rate exceeded'),
  failed: () => new SnsError(500, 'InternalError', 'InternalErrorException', 'Internal error'),
};

/** A topic of the stack, and the e-mail addresses that are subscribed to it. */
export interface Topic {
  topicArn: string;
  topicName: string;
  emails: readonly string[];
}

/** A Publish call. `messageStructure` is `json` when the message holds one text a protocol. */
export interface PublishInput {
  topicArn: string;
  message: string;
  subject?: string | undefined;
  messageStructure?: string | undefined;
  /** By name; a filter of a subscription goes by them. */
  attributes?: Readonly<Record<string, MessageAttribute>> | undefined;
}

/** What SNS calls `MessageAttributeValue`; an incomplete one is refused. */
export interface MessageAttribute {
  dataType?: string | undefined;
  stringValue?: string | undefined;
}

/** 256 KiB, in bytes of UTF-8. */
const MESSAGE_LIMIT = 256 * 1024;

/** The topic, the text an e-mail would have and the attributes, if SNS took this call. Throws the `SnsError` it answers otherwise. */
export function checkPublish(
  input: PublishInput,
  topics: readonly Topic[],
): { topic: Topic; text: string; attributes: Readonly<Record<string, string>> } {
  if (input.topicArn === '') throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  const elements = input.topicArn.split(':').length;
  if (elements < 6) throw invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${elements}`);
  if (input.message === '') throw invalid('Empty message');
  if (Buffer.byteLength(input.message) > MESSAGE_LIMIT) throw invalid('Message too long');
  // ASCII without control characters, up to 100 of them, the first not a space.
  if (input.subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(input.subject)) throw invalid('Subject');
  const topic = topics.find(({ topicArn }) => topicArn === input.topicArn);
  if (topic === undefined) throw new SnsError(404, 'NotFound', 'NotFoundException', 'Topic does not exist');
  return { topic, text: emailText(input), attributes: checkAttributes(input.attributes ?? {}) };
}

/** String attributes alone: nothing here publishes numbers, lists or bytes. */
function checkAttributes(attributes: Readonly<Record<string, MessageAttribute>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue }]) => {
      if (!/^(?!\.)[\w.-]{1,256}(?<!\.)$/.test(name)) throw invalid(`message attribute name '${name}'`);
      if (dataType !== 'String')
        throw invalid(`The message attribute '${name}' has the type '${dataType}', not String`);
      if (!stringValue) throw invalid(`The message attribute '${name}' must contain a non-empty value`);
      return [name, stringValue];
    }),
  );
}

function emailText({ message, messageStructure }: PublishInput): string {
  if (messageStructure === undefined) return message;
  if (messageStructure !== 'json') throw invalid('MessageStructure');
  const texts = parseTexts(message);
  const text = texts?.get('email') ?? texts?.get('default');
  if (typeof text !== 'string' || typeof texts?.get('default') !== 'string') {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  return text;
}

function parseTexts(message: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
}

function invalid(reason: string): SnsError {
  return new SnsError(400, 'InvalidParameter', 'InvalidParameterException', `Invalid parameter: ${reason}`);
}
