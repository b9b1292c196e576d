import { FAULTS, type Fault } from './settings.ts';

/** What the mock takes from a prompt. */
export interface Prompt {
  /** The action's title without its tags. */
  readonly action: string;
  /** Faults asked for in the title; `calls`: only the first this many calls fail, undefined means all. */
  readonly tags: readonly { readonly fault: Fault; readonly calls: number | undefined }[];
}

const TAG = new RegExp(`\\[ai:(${FAULTS.join('|')})(?:=(\\d{1,6}))?\\]`, 'g');

/** Reads the text of a user message, which holds the line `Action: <JSON string>`. */
export function readPrompt(text: string): Prompt {
  const title = titleOf(text);
  return {
    action: title.replace(TAG, ' ').replace(/\s+/g, ' ').trim(),
    tags: [...title.matchAll(TAG)].flatMap(([, name, calls]) => {
      const fault = FAULTS.find((known) => known === name);
      return fault === undefined ? [] : [{ fault, calls: calls === undefined ? undefined : Number(calls) }];
    }),
  };
}

/** The fault that the tags ask for on call number `call` (from 1): the first tag that has calls left. */
export function taggedFault(tags: Prompt['tags'], call: number): Fault | undefined {
  return tags.find(({ calls }) => calls === undefined || call <= calls)?.fault;
}

/** Does the text need Japanese templates? Kanji alone count as Japanese: the project has no Chinese texts. */
export function isJapanese(text: string): boolean {
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text);
}

function titleOf(text: string): string {
  try {
    return String(JSON.parse(/^Action: (".*")$/m.exec(text)?.[1] ?? '""'));
  } catch {
    return '';
  }
}
