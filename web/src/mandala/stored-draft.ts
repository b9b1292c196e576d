import { isRecord } from '@goal-activity/client/json.ts';
import { type Draft, emptyDraft, isEmpty } from './draft.ts';

/** The goal being written is kept in the browser: 64 actions are not to be lost by a reload or an expired session. */
const keyOf = (user: string) => `goal-activity.draft.${user}`;

type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Whether a value is made like another: the same keys, lengths and types. */
function isLike<Example>(value: unknown, example: Example): value is Example {
  if (Array.isArray(example)) {
    return (
      Array.isArray(value) &&
      value.length === example.length &&
      example.every((inner, index) => isLike(value[index], inner))
    );
  }
  if (!isRecord(example)) return typeof value === typeof example;
  return isRecord(value) && Object.entries(example).every(([key, inner]) => isLike(value[key], inner));
}

/** Older pages stored actions without a description. */
const withDescription = (_key: string, value: unknown): unknown =>
  isRecord(value) && 'type' in value ? { description: '', ...value } : value;

/** Anything stored that is not a draft is an empty draft. */
export function parseDraft(stored: string | null): Draft {
  try {
    const value: unknown = JSON.parse(stored ?? 'null', withDescription);
    return isLike(value, emptyDraft) ? value : emptyDraft;
  } catch {
    return emptyDraft;
  }
}

export const loadDraft = (memory: Memory, user: string): Draft => parseDraft(memory.getItem(keyOf(user)));

export function storeDraft(memory: Memory, user: string, draft: Draft): void {
  if (isEmpty(draft)) memory.removeItem(keyOf(user));
  else {
    try {
      memory.setItem(keyOf(user), JSON.stringify(draft));
    } catch {
      // Storage is full or forbidden: the draft then lives as long as the page.
    }
  }
}
