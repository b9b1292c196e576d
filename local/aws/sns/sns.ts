import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { escapeMarkup } from '../../control/markup.ts';
import { BodyIncomplete, BodyTooLarge, listen, readBody } from '../../http/server.ts';
import { NoAnswer, type Outages } from '../outages.ts';
import { type InboxMessage, openInbox } from './inbox.ts';
import { checkPublish, type MessageAttribute, type PublishInput, SnsError, type Topic } from './publish.ts';

/** A message at its limit, with every byte percent-encoded, and the rest of the call. */
const BODY_LIMIT = 1024 * 1024;

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

export interface SnsOptions {
  topics: readonly Topic[];
  /** Where the inbox is kept, so that it outlives the process. */
  dataDir?: string;
  /** Default: any free port. */
  port?: number;
  /** Default: 127.0.0.1. */
  host?: string;
  /** Is asked before each publish, and may fail it with the error that it returns. */
  fail?: () => Error | undefined;
  /** What callers over HTTP meet; default: a service that always works. */
  outages?: Outages;
}

/** A running SNS, whose subscribers' e-mails all end in one inbox. */
export interface Sns {
  port: number;
  /** For AWS_ENDPOINT_URL_SNS. */
  url: string;
  /** Publishes without HTTP. Throws `SnsError` as the SDK would raise it. */
  publish(input: PublishInput): { messageId: string };
  /** The inbox, oldest first. */
  messages(): readonly InboxMessage[];
  close(): Promise<void>;
}

/** Starts an SNS that knows Publish, over the Query protocol (form in, XML out) that the SDK's SNS client speaks. */
export async function startSns({ topics, dataDir, port = 0, host, fail, outages }: SnsOptions): Promise<Sns> {
  const inbox = openInbox(dataDir);

  function publish(input: PublishInput): { messageId: string } {
    const failure = fail?.();
    if (failure !== undefined) throw failure;
    const { topic, text, attributes } = checkPublish(input, topics);
    const messageId = randomUUID();
    inbox.add({
      messageId,
      topicArn: topic.topicArn,
      topicName: topic.topicName,
      subject: input.subject ?? null,
      message: text,
      attributes,
      timestamp: new Date().toISOString(),
      to: [...topic.emails],
    });
    return { messageId };
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const requestId = randomUUID();
    serve(request, publish, outages).then(
      (messageId) => send(response, requestId, 200, publishXml(messageId, requestId)),
      (error: unknown) => {
        if (error instanceof BodyIncomplete) return;
        if (error instanceof NoAnswer) {
          request.socket.destroy();
          return;
        }
        const { status, code, message } = asSnsError(error);
        send(response, requestId, status, errorXml(status, code, message, requestId));
      },
    );
  });

  const address = await listen(server, port, host).catch((error: unknown) => {
    inbox.close();
    throw error;
  });
  let closed: Promise<void> | undefined;
  return {
    ...address,
    publish,
    messages: () => inbox.messages(),
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => {
          inbox.close();
          resolve();
        });
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

/** Publishes what the request says, and resolves to the message's id. */
async function serve(request: IncomingMessage, publish: Sns['publish'], outages: Outages | undefined): Promise<string> {
  const form = new URLSearchParams((await readBody(request, BODY_LIMIT)).toString('utf8'));
  const action = form.get('Action');
  if (request.method !== 'POST' || action !== 'Publish') {
    throw new SnsError(
      400,
      'InvalidAction',
      'InvalidAction',
      `The action ${action ?? ''} is not one of the local SNS: Publish`,
    );
  }
  const input = {
    topicArn: form.get('TopicArn') ?? form.get('TargetArn') ?? '',
    message: form.get('Message') ?? '',
    subject: form.get('Subject') ?? undefined,
    messageStructure: form.get('MessageStructure') ?? undefined,
    attributes: attributesOf(form),
  };
  const carryOut = () => publish(input).messageId;
  return outages === undefined ? carryOut() : outages.meet(carryOut);
}

/** The Query protocol numbers the entries of a map: `MessageAttributes.entry.1.Name`, `….1.Value.DataType`. */
function attributesOf(form: URLSearchParams): Record<string, MessageAttribute> {
  const entries: [string, MessageAttribute][] = [];
  for (let number = 1; ; number += 1) {
    const field = (name: string) => form.get(`MessageAttributes.entry.${number}.${name}`) ?? undefined;
    const name = field('Name');
    if (name === undefined) return Object.fromEntries(entries);
    entries.push([name, { dataType: field('Value.DataType'), stringValue: field('Value.StringValue') }]);
  }
}

function publishXml(messageId: string, requestId: string): string {
  return `<PublishResponse xmlns="${NAMESPACE}"><PublishResult><MessageId>${messageId}</MessageId></PublishResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></PublishResponse>`;
}

function asSnsError(error: unknown): SnsError {
  if (error instanceof SnsError) return error;
  if (error instanceof BodyTooLarge) {
    return new SnsError(400, 'InvalidParameter', 'InvalidParameterException', 'Invalid parameter: Message too long');
  }
  const message = error instanceof Error ? error.message : 'Unknown error';
  return new SnsError(500, 'InternalError', 'InternalErrorException', message);
}

function errorXml(status: number, code: string, message: string, requestId: string): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${type}</Type><Code>${escapeMarkup(code)}</Code><Message>${escapeMarkup(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function send(response: ServerResponse, requestId: string, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
  response.end(body);
}
