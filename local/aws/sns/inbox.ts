import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishInput } from './publish.ts';

/** A message that was published. */
export interface InboxMessage extends Omit<PublishInput, 'subject'> {
  readonly messageId: string;
  readonly topicName: string;
  /** Null when it was published without one. */
  readonly subject: string | null;
  /** ISO-8601, in UTC with milliseconds. */
  readonly timestamp: string;
  /** The e-mail addresses that AWS would have sent it to. */
  readonly to: readonly string[];
}

/**
 * Opens the inbox of a folder, one JSON object a line. A last line that a kill tore is removed.
 * @throws Error with file and line when any other line cannot be read
 */
export function openInbox(dataDir: string) {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'inbox.jsonl');
  const file = openSync(path, 'a+', 0o600);
  try {
    const content = readFileSync(file);
    // A line is whole when its line break is there.
    let written = content.lastIndexOf('\n') + 1;
    const lines = content.toString('utf8', 0, written).split('\n').slice(0, -1);
    const messages = lines.map((line, index) => readMessage(line, `${path}:${index + 1}`));
    ftruncateSync(file, written);
    return {
      messages: (): readonly InboxMessage[] => messages,
      /** The message is in the operating system's hands before this returns: a kill loses nothing that was confirmed. */
      add(message: InboxMessage) {
        const line = `${JSON.stringify(message)}\n`;
        try {
          appendFileSync(file, line);
        } catch (error) {
          // What a full disk took of the line is taken back, so that the next one is not glued to it.
          ftruncateSync(file, written);
          throw error;
        }
        written += Buffer.byteLength(line);
        messages.push(message);
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readMessage(line: string, at: string): InboxMessage {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${at} is not a message. Delete the file to start with an empty inbox.`, { cause });
  }
}
