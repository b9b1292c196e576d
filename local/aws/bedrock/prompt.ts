import { FAULTS, type Fault } from './settings.ts';

/** A fault asked for in an action's title. */
export interface FaultTag {
  fault: Fault;
  /** Only the first this many calls fail; undefined means all. */
  calls: number | undefined;
}

/** What the mock takes from a prompt. */
export interface Prompt {
  /** The action's title without its tags. */
  action: string;
  goal: string | undefined;
  tags: readonly FaultTag[];
}

const TAG = new RegExp(`\\[ai:(${FAULTS.join('|')})(?:=(\\d{1,6}))?\\]`, 'g');
const JSON_STRING = '"(?:[^"\\\\\\n]|\\\\.)*"';

/**
 * Reads the text of a user message. It holds the lines `Action: <JSON string>` and `Goal: <JSON string>`; other
 * prompts are taken too: the first `"title":"..."`, or else the first line that is not empty.
 */
export function readPrompt(text: string): Prompt {
  const title =
    lineValue(text, 'Action') ??
    jsonString(new RegExp(`"title"\\s*:\\s*(${JSON_STRING})`).exec(text)?.[1]) ??
    firstLine(text);
  const goal = lineValue(text, 'Goal');
  return {
    action: title.replace(TAG, ' ').replace(/\s+/g, ' ').trim(),
    goal: goal?.replace(/\s+/g, ' ').trim() || undefined,
    tags: [...title.matchAll(TAG)].flatMap(([, name, calls]) => {
      const fault = FAULTS.find((known) => known === name);
      return fault === undefined ? [] : [{ fault, calls: calls === undefined ? undefined : Number(calls) }];
    }),
  };
}

/** The fault that the tags ask for on call number `call` (from 1): the first tag that has calls left. */
export function taggedFault(tags: readonly FaultTag[], call: number): Fault | undefined {
  return tags.find(({ calls }) => calls === undefined || call <= calls)?.fault;
}

/** Does the text need Japanese templates? Kanji alone count as Japanese: the project has no Chinese texts. */
export function isJapanese(text: string): boolean {
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text);
}

function lineValue(text: string, label: string): string | undefined {
  const value = new RegExp(`^[ \\t]*${label}:[ \\t]*(\\S.*)$`, 'm').exec(text)?.[1]?.trim();
  return value === undefined ? undefined : (jsonString(value) ?? value);
}

/** The string, or the `title` of the object, that `text` is the JSON of. */
function jsonString(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const title = typeof value === 'object' && value !== null && 'title' in value ? value.title : value;
    return typeof title === 'string' ? title : undefined;
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? ''
  );
}
