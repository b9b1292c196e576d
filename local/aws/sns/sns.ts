import { randomUUID } from 'node:crypto';
import { escapeMarkup } from '../../control/markup.ts';
import { type AwsCall, AwsError, type AwsService } from '../endpoint.ts';
import type { Outages } from '../outages.ts';
import { openInbox } from './inbox.ts';
import { checkPublish, type PublishInput, type Topic } from './publish.ts';

export interface SnsOptions {
  readonly topics: readonly Topic[];
  /** The inbox is kept there, so that it outlives the process. */
  readonly dataDir: string;
  /** What callers over HTTP meet. */
  readonly outages: Outages;
}

/** An SNS whose subscribers' e-mails all end in one inbox. */
export type Sns = ReturnType<typeof createSns>;

/** Makes an SNS that knows Publish, and who subscribes to a topic, over the Query protocol (form in, XML out), which the SDK's client speaks. */
export function createSns({ topics, dataDir, outages }: SnsOptions) {
  const inbox = openInbox(dataDir);

  /** Publishes without HTTP, past the outages. @throws AwsError */
  function publish(input: PublishInput): { messageId: string } {
    const topic = checkPublish(input, topics);
    const messageId = randomUUID();
    inbox.add({
      messageId,
      topicArn: topic.arn,
      topicName: topic.name,
      subject: input.subject ?? null,
      message: input.message,
      attributes: input.attributes,
      timestamp: new Date().toISOString(),
      to: [...topic.emails],
    });
    return { messageId };
  }

  const service: AwsService = {
    async answer(call) {
      const form = new URLSearchParams(call.body.toString('utf8'));
      if (form.get('Action') === 'ListSubscriptionsByTopic') return xml(subscriptions(form.get('TopicArn'), topics));
      const input = readPublish(call, form);
      const { messageId } = await outages.meet(() => publish(input));
      return xml(
        `<PublishResponse ${NAMESPACE}><PublishResult><MessageId>${messageId}</MessageId></PublishResult></PublishResponse>`,
      );
    },
    refuse({ status, code, message }, requestId) {
      const type = status < 500 ? 'Sender' : 'Receiver';
      const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${escapeMarkup(message)}</Message></Error>`;
      const id = `<RequestId>${requestId}</RequestId>`;
      return { status, ...xml(`<ErrorResponse ${NAMESPACE}>${error}${id}</ErrorResponse>`) };
    },
  };
  return {
    service,
    publish,
    /** The inbox, oldest first. */
    messages: () => inbox.messages(),
    close: () => inbox.close(),
  };
}

const NAMESPACE = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';
const xml = (body: string) => ({ headers: { 'content-type': 'text/xml' }, body });

/** The e-mail subscriptions of a topic, all of which are confirmed here; one page has them all. @throws AwsError for no topic */
function subscriptions(topicArn: string | null, topics: readonly Topic[]): string {
  const topic = topics.find(({ arn }) => arn === topicArn);
  if (topic === undefined) throw new AwsError(404, 'NotFoundException', 'Topic does not exist', { code: 'NotFound' });
  const members = topic.emails.map(
    (email, index) =>
      `<member><TopicArn>${topic.arn}</TopicArn><Protocol>email</Protocol><Endpoint>${escapeMarkup(email)}</Endpoint><SubscriptionArn>${topic.arn}:${index}</SubscriptionArn></member>`,
  );
  const result = `<ListSubscriptionsByTopicResult><Subscriptions>${members.join('')}</Subscriptions></ListSubscriptionsByTopicResult>`;
  return `<ListSubscriptionsByTopicResponse ${NAMESPACE}>${result}</ListSubscriptionsByTopicResponse>`;
}

function readPublish({ request }: AwsCall, form: URLSearchParams): PublishInput {
  const action = form.get('Action');
  if (request.method !== 'POST' || action !== 'Publish' || form.has('MessageStructure')) {
    throw new AwsError(
      400,
      'InvalidAction',
      `The local SNS knows Publish of plain text and ListSubscriptionsByTopic alone, not ${action}`,
    );
  }
  return {
    topicArn: form.get('TopicArn') ?? '',
    message: form.get('Message') ?? '',
    subject: form.get('Subject') ?? undefined,
    attributes: attributesOf(form),
  };
}

/** The Query protocol numbers the entries of a map: `MessageAttributes.entry.1.Name`, `….1.Value.StringValue`. */
function attributesOf(form: URLSearchParams): Record<string, string> {
  const entries: [string, string][] = [];
  for (let number = 1; ; number += 1) {
    const prefix = `MessageAttributes.entry.${number}`;
    const name = form.get(`${prefix}.Name`);
    if (name === null) return Object.fromEntries(entries);
    entries.push([name, form.get(`${prefix}.Value.StringValue`) ?? '']);
  }
}
