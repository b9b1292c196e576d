import { isRecord } from '@goal-activity/client/json.ts';
import { type Draft, emptyDraft, fill, isEmpty, setAction } from './draft.ts';

/** The goal being written is kept in the browser: 64 actions are not to be lost by a reload or an expired session. */
const keyOf = (user: string) => `goal-activity.draft.${user}`;

type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Anything stored that is not a draft, by an older page for one, is an empty draft. */
export function parseDraft(stored: string | null): Draft {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return emptyDraft;
  }
  if (!isRecord(value)) return emptyDraft;
  const blocks = list(value.blocks).map((block) => (isRecord(block) ? block : {}));
  const actionsOf = (block: Record<string, unknown>) =>
    list(block.actions).map((action) => (isRecord(action) ? action : {}));
  let draft = fill(
    { ...emptyDraft, title: text(value.title), description: text(value.description), deadline: text(value.deadline) },
    {
      blocks: blocks.map((block) => ({
        title: text(block.title),
        actions: actionsOf(block).map(({ title }) => text(title)),
      })),
    },
  );
  blocks.forEach((block, at) => {
    actionsOf(block).forEach(({ type }, index) => {
      if (type === 'habit') draft = setAction(draft, at, index, { type });
    });
  });
  return draft;
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
