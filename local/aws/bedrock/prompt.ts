import { FAULTS, type Fault } from './settings.ts';

/** What the mock takes from a prompt. */
export interface Prompt {
  /** The message without its line about today, so that the same is asked on another day. */
  readonly text: string;
  /** Titles without their tags. */
  readonly action: string;
  readonly neighbours: readonly string[];
  readonly subGoal: string;
  readonly type: 'execution' | 'habit';
  readonly language: 'en' | 'ja';
  /** Titles of tasks that the action has, or had. */
  readonly used: readonly string[];
  /** Faults asked for in the title; `calls`: only the first this many calls fail, undefined means all. */
  readonly tags: readonly { readonly fault: Fault; readonly calls: number | undefined }[];
}

const TAG = new RegExp(`\\[ai:(${FAULTS.join('|')})(?:=(\\d{1,6}))?\\]`, 'g');

const withoutTags = (title: string) => title.replace(TAG, ' ').replace(/\s+/g, ' ').trim();

/** Reads the text of a user message, which holds lines like `Action: <JSON>`: see generate-tasks' prompt.ts. */
export function readPrompt(text: string): Prompt {
  const title = stringsOf(text, 'Action')[0] ?? '';
  const [subGoal = ''] = stringsOf(text, 'Sub-goal');
  return {
    text: text.replace(/^Today: .*\n?/m, ''),
    action: withoutTags(title),
    neighbours: stringsOf(text, 'Other actions').map(withoutTags),
    subGoal,
    type: stringsOf(text, 'Action type')[0] === 'habit' ? 'habit' : 'execution',
    language: isJapanese([title, subGoal, ...stringsOf(text, 'Goal')].join(' ')) ? 'ja' : 'en',
    used: [...stringsOf(text, 'Kept tasks'), ...stringsOf(text, 'Replaced tasks')],
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

/**
 * Is a text Japanese? A character of its scripts stands for about two letters, so a foreign name does not decide. Kanji alone
 * count as Japanese: the project has no Chinese texts.
 */
export function isJapanese(text: string): boolean {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const japanese = count(/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/gu);
  return japanese > 0 && 2 * japanese >= count(/\p{Script=Latin}/gu);
}

/** The texts of a line: a string, a list of strings, or of what has a title. None when there is no such line. */
function stringsOf(text: string, name: string): string[] {
  const value = new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1];
  if (value === undefined) return [];
  try {
    return [JSON.parse(value)]
      .flat()
      .map((each: unknown) => (typeof each === 'string' ? each : String(Object(each).title)));
  } catch {
    return [];
  }
}
