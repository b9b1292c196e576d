import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message that was published, with the e-mail addresses that AWS would have sent it to. */
export interface InboxMessage {
  messageId: string;
  topicArn: string;
  topicName: string;
  /** Null when it was published without one. */
  subject: string | null;
  message: string;
  /** Message attributes that are strings, by name. */
  attributes: Readonly<Record<string, string>>;
  /** ISO-8601, in UTC with milliseconds. */
  timestamp: string;
  to: string[];
}

/** The messages, oldest first. */
export interface Inbox {
  messages(): readonly InboxMessage[];
  /** On disk (in the operating system's hands) before it returns, so that a killed process has lost nothing it confirmed. */
  add(message: InboxMessage): void;
  close(): void;
}

const INBOX_FILE = 'inbox.jsonl';

/**
 * Opens the inbox in `dataDir`, one JSON object a line; without `dataDir` it is in memory alone. A last line that a kill
 * tore is removed. Throws, with file and line, when any other line cannot be read.
 */
export function openInbox(dataDir?: string): Inbox {
  if (dataDir === undefined) return memoryInbox([], () => undefined);
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, INBOX_FILE);
  const file = openSync(path, 'a+', 0o600);
  try {
    const { messages, bytes } = readMessages(readFileSync(file), path);
    ftruncateSync(file, bytes);
    return memoryInbox(messages, lineWriter(file, bytes), () => closeSync(file));
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function memoryInbox(messages: InboxMessage[], write: (line: string) => void, close = (): void => undefined): Inbox {
  return {
    messages: () => messages,
    add(message) {
      write(`${JSON.stringify(message)}\n`);
      messages.push(message);
    },
    close,
  };
}

/** Appends lines; one that fits only in part (a full disk) is taken back, so that the next one is not glued to it. */
function lineWriter(file: number, size: number): (line: string) => void {
  let written = size;
  return (line) => {
    try {
      appendFileSync(file, line);
      written += Buffer.byteLength(line);
    } catch (error) {
      ftruncateSync(file, written);
      throw error;
    }
  };
}

/** The messages of whole lines, and how many bytes those are: a line is whole when its line break is there. */
function readMessages(content: Buffer, path: string): { messages: InboxMessage[]; bytes: number } {
  const bytes = content.lastIndexOf('\n') + 1;
  const lines = content.toString('utf8', 0, bytes).split('\n').slice(0, -1);
  const messages = lines.map((line, index) => {
    const message = parseMessage(line);
    if (message === undefined)
      throw new Error(`${path}:${index + 1} is not a message. Delete the file to start with an empty inbox.`);
    return message;
  });
  return { messages, bytes };
}

function parseMessage(line: string): InboxMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  // A message from before attributes were kept has none.
  const message: unknown = typeof value === 'object' ? { attributes: {}, ...value } : value;
  return isMessage(message) ? message : undefined;
}

function isMessage(value: unknown): value is InboxMessage {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const subject = fields.get('subject');
  const to = fields.get('to');
  const attributes = fields.get('attributes');
  return (
    ['messageId', 'topicArn', 'topicName', 'message', 'timestamp'].every(
      (name) => typeof fields.get(name) === 'string',
    ) &&
    (subject === null || typeof subject === 'string') &&
    typeof attributes === 'object' &&
    attributes !== null &&
    Object.values(attributes).every((text: unknown) => typeof text === 'string') &&
    Array.isArray(to) &&
    to.every((address: unknown) => typeof address === 'string')
  );
}
