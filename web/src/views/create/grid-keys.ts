import { type CellNumber, lineEnds, move, nextToWrite } from '../../mandala/cells.ts';
import { undoKey } from './undo-key.ts';

/**
 * As in a spreadsheet. `choose`: a cell is chosen, and all of its text selected, so that what is typed replaces it.
 * `type`: its text was replaced by typing; arrow keys go on to other cells. `edit`: arrow keys move within the text.
 */
export type Mode = 'choose' | 'type' | 'edit';

/** What a key means; a number is the cell to go to. */
export type Command =
  | CellNumber
  | 'edit'
  | 'restore'
  | 'clear'
  | 'undo'
  | 'redo'
  | 'toggleType'
  | 'describe'
  /** The next Tab leaves the chart. */
  | 'leave';

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

interface Situation {
  readonly mode: Mode;
  readonly active: CellNumber;
  /** One block is in view, not the whole chart. */
  readonly isNarrow: boolean;
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Enter and Tab go on in the order of writing, with Shift back; at either end they stay. */
const goOn = (active: CellNumber, { shiftKey }: Key): CellNumber => nextToWrite(active, shiftKey ? -1 : 1) ?? active;

/** @returns undefined when the key is for the text that is being written */
function whileWriting(event: Key, { mode, active }: Situation): Command | undefined {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  const step = shiftKey || ctrlKey || metaKey || altKey ? undefined : STEPS[key];
  if (key === 'Escape') return 'restore';
  if (key === 'F2') return 'edit';
  if (key === 'Enter') return goOn(active, event);
  return mode === 'type' && step !== undefined ? move(active, ...step) : undefined;
}

/** @returns undefined when the key is typed, or for the browser */
function whileChoosing(event: Key, { active, isNarrow }: Situation): Command | undefined {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  const step = STEPS[key];
  const undoOrRedo = undoKey(event);
  if (undoOrRedo !== undefined) return undoOrRedo;
  if (altKey) return undefined;
  if (key === 'Home' || key === 'End') return lineEnds(active, isNarrow, ctrlKey || metaKey)[key];
  if (ctrlKey || metaKey) return undefined;
  if (step !== undefined) return move(active, ...step);
  if (key === 'Enter' && shiftKey) return goOn(active, event);
  if (key === 'Enter' || key === 'F2') return 'edit';
  if (key === 'Delete' || key === 'Backspace') return 'clear';
  return key === 'Escape' ? 'leave' : undefined;
}

/** What a key other than Tab means in the chart; undefined when it is none of its business. */
export function commandOf(event: Key, situation: Situation): Command | undefined {
  if (event.altKey && !event.ctrlKey && event.code === 'KeyH') return 'toggleType';
  if (event.key === 'F2' && event.shiftKey) return 'describe';
  return situation.mode === 'choose' ? whileChoosing(event, situation) : whileWriting(event, situation);
}
