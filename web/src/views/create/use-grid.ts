import { type ClipboardEvent, type FocusEvent, type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { announce } from '../../announcer.tsx';
import { oneLine } from '../../components/field.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { type CellNumber, contentOf, fieldIdOfCell, lineEnds, move, nextToWrite } from '../../mandala/cells.ts';
import { entryAt, fillDown, numbersOf, setEntry } from '../../mandala/draft.ts';
import { isChartPaste } from '../../mandala/paste/paste.ts';
import { fieldOf } from './places.ts';
import { undoKey } from './undo-key.ts';
import type { Editor } from './use-editor.ts';

/**
 * As in a spreadsheet. `choose`: a cell is chosen, and all of its text selected, so that what is typed replaces it.
 * `type`: its text was replaced by typing; arrow keys go on to other cells. `edit`: arrow keys move within the text.
 */
export type Mode = 'choose' | 'type' | 'edit';

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Keys that an input method takes for itself: Safari says so by the code 229 when Enter ends a composition. */
const isComposing = ({ nativeEvent }: KeyboardEvent) => nativeEvent.isComposing || nativeEvent.keyCode === 229;

export interface GridOptions {
  readonly editor: Editor;
  /** One block is in view, not the whole chart. */
  readonly isNarrow: boolean;
  /** A whole chart was pasted. */
  onPasteChart(text: string): void;
  onDescribe(): void;
}

/** What keys, pointers and the clipboard do in the cells. */
export function useGrid({ editor, isNarrow, onPasteChart, onDescribe }: GridOptions) {
  const { t } = useTexts();
  const [mode, setMode] = useState<Mode>('choose');
  const pointer = useRef('');
  const isLeaving = useRef(false);
  const { active, draft } = editor;
  const place = contentOf(active);
  /** Without a keyboard there is nothing to choose cells for: a tap begins to write. */
  const restingMode = () => (pointer.current === 'touch' ? 'edit' : 'choose');

  function rest(field: HTMLTextAreaElement | undefined): void {
    setMode(restingMode());
    if (restingMode() === 'choose') field?.select();
    else field?.setSelectionRange(field.value.length, field.value.length);
  }

  function goTo(cell: CellNumber): void {
    editor.settle();
    flushSync(() => editor.setActive(cell));
    fieldOf(cell)?.focus();
    rest(fieldOf(cell));
  }

  function beginEdit(): void {
    setMode('edit');
    const field = fieldOf(active);
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  function restore(): void {
    flushSync(() => editor.restore());
    setMode('choose');
    fieldOf(active)?.select();
  }

  function goBackOrOn(step: () => CellNumber | undefined): void {
    let cell: CellNumber | undefined;
    flushSync(() => {
      cell = step();
    });
    const field = fieldOf(cell ?? active);
    field?.focus();
    field?.select();
  }

  function toggleType(): void {
    const { type } = entryAt(draft, place);
    if (type === undefined) return;
    const next = type === 'habit' ? 'execution' : 'habit';
    editor.change(setEntry(draft, place, { type: next }));
    announce(t.actionType[next]);
  }

  /** @returns whether the key is one that writing and choosing have in common */
  function isCommonKey({ key, shiftKey, altKey, code }: KeyboardEvent): boolean {
    if (altKey && code === 'KeyH') toggleType();
    else if (key === 'F2' && shiftKey) onDescribe();
    else return false;
    return true;
  }

  /** @returns whether the key was meant for the text that is being written */
  function writeKey({ key, shiftKey }: KeyboardEvent): boolean {
    const step = mode === 'type' ? STEPS[key] : undefined;
    if (key === 'Escape') restore();
    else if (key === 'F2') setMode('edit');
    else if (key === 'Enter') goTo(nextToWrite(active, shiftKey ? -1 : 1) ?? active);
    else if (step !== undefined && !shiftKey) goTo(move(active, ...step));
    else return false;
    return true;
  }

  /** @returns whether the key was meant for the cells */
  function chooseKey(event: KeyboardEvent): boolean {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const undoOrRedo = undoKey(event);
    const isCommand = (ctrlKey || metaKey) && !altKey;
    const step = STEPS[key];
    if (undoOrRedo !== undefined) goBackOrOn(editor[undoOrRedo]);
    else if (key === 'Home' || key === 'End') goTo(lineEnds(active, isNarrow, isCommand)[key]);
    else if (isCommand || altKey) return false;
    else if (step !== undefined) goTo(move(active, ...step));
    else if (key === 'Enter' && shiftKey) goTo(nextToWrite(active, -1) ?? active);
    else if (key === 'Enter' || key === 'F2') beginEdit();
    else if (key === 'Delete' || key === 'Backspace') editor.change(setEntry(draft, place, { title: '' }));
    else if (key === 'Escape') {
      isLeaving.current = true;
      announce(t.editor.leaving);
    } else return false;
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isComposing(event)) return;
    if (event.key === 'Tab') {
      // After Escape, and at either end of the chart, Tab goes on in the page.
      const next = isLeaving.current ? undefined : nextToWrite(active, event.shiftKey ? -1 : 1);
      if (next === undefined) return;
      event.preventDefault();
      goTo(next);
      return;
    }
    if (event.key !== 'Shift') isLeaving.current = false;
    if (isCommonKey(event) || (mode === 'choose' ? chooseKey(event) : writeKey(event))) event.preventDefault();
  }

  return {
    mode,
    onKeyDown,
    onPointerDown(event: { pointerType: string }): void {
      pointer.current = event.pointerType;
    },
    /** The first click chooses a cell, the next one puts the cursor into its text. */
    onMouseDown(event: MouseEvent<HTMLTextAreaElement>): void {
      if (pointer.current === 'touch') return;
      if (document.activeElement === event.currentTarget) setMode('edit');
      else {
        event.preventDefault();
        event.currentTarget.focus();
      }
    },
    onFocus(cell: CellNumber, { currentTarget }: FocusEvent<HTMLTextAreaElement>): void {
      isLeaving.current = false;
      editor.setActive(cell);
      rest(currentTarget);
    },
    onBlur(): void {
      editor.settle();
      setMode('choose');
    },
    write(cell: CellNumber, text: string): void {
      if (mode === 'choose') setMode('type');
      // Some keyboards of phones tell of Enter by nothing but the line end that they insert.
      const isEntered = text.includes('\n');
      const title = isEntered ? text.replace('\n', '') : text;
      editor.change(setEntry(draft, contentOf(cell), { title: oneLine(title) }), fieldIdOfCell(cell));
      if (isEntered) goTo(nextToWrite(cell, 1) ?? cell);
    },
    /** A table or list is for the chart; lines that fit into a block go downwards from the cell. */
    onPaste(event: ClipboardEvent): void {
      const text = event.clipboardData.getData('text/plain');
      if (!isChartPaste(text)) return;
      event.preventDefault();
      const [block, index] = numbersOf(place);
      const filled = block === undefined || index === undefined ? undefined : fillDown(draft, text, { block, index });
      if (filled === undefined) onPasteChart(text);
      else {
        editor.change(filled.draft);
        announce(t.common.actions(filled.count));
      }
    },
  };
}
