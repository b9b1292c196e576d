import { readEnvironment } from '../aws/environment.ts';

/** Who reads messages: their language (setting `language`), and the page in it that has a heading for every kind of message. */
export interface Readers {
  readonly language: 'en' | 'ja';
  readonly runbookUrl: string;
}

/** @throws Error naming what the environment lacks */
export function readReaders(): Readers {
  const environment = readEnvironment(['RUNBOOK_URL', 'MESSAGE_LANGUAGE']);
  return {
    language: environment.MESSAGE_LANGUAGE === 'ja' ? 'ja' : 'en',
    runbookUrl: environment.RUNBOOK_URL,
  };
}
