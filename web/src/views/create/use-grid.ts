import { type ClipboardEvent, type FocusEvent, type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { announce } from '../../announcer.tsx';
import { oneLine } from '../../components/field.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { type CellNumber, contentOf, fieldIdOfCell, nextToWrite } from '../../mandala/cells.ts';
import { entryAt, fillDown, numbersOf, setEntry } from '../../mandala/draft.ts';
import { isChartPaste } from '../../mandala/paste/paste.ts';
import { type Command, commandOf, type Mode } from './grid-keys.ts';
import { fieldOf, show } from './places.ts';
import type { Editor } from './use-editor.ts';

/** Keys that an input method takes for itself: Safari says so by the code 229 when Enter ends a composition. */
const isComposing = ({ nativeEvent }: KeyboardEvent) => nativeEvent.isComposing || nativeEvent.keyCode === 229;

const putCursorAtEnd = (field: HTMLTextAreaElement | undefined) =>
  field?.setSelectionRange(field.value.length, field.value.length);

export interface GridOptions {
  readonly editor: Editor;
  /** One block is in view, not the whole chart. */
  readonly isNarrow: boolean;
  /** A whole chart was pasted. */
  onPasteChart(text: string): void;
  onDescribe(): void;
}

/** Which cell has the cursor, and whether it is written in. */
function useCursor(editor: Editor) {
  const [mode, setMode] = useState<Mode>('choose');
  const pointer = useRef('');
  /** Without a keyboard there is nothing to choose cells for: a tap begins to write. */
  function rest(field: HTMLTextAreaElement | undefined): void {
    const isTouched = pointer.current === 'touch';
    setMode(isTouched ? 'edit' : 'choose');
    if (isTouched) putCursorAtEnd(field);
    else field?.select();
  }
  return {
    mode,
    setMode,
    pointer,
    rest,
    goTo(cell: CellNumber): void {
      editor.settle();
      flushSync(() => editor.setActive(cell));
      show(fieldOf(cell));
      rest(fieldOf(cell));
    },
  };
}

type Cursor = ReturnType<typeof useCursor>;

/** Does what a key means. */
function useCommands({ editor, onDescribe }: GridOptions, { setMode, goTo, rest }: Cursor, onLeave: () => void) {
  const { t } = useTexts();
  const { active, draft } = editor;
  const place = contentOf(active);

  function undoOrRedo(step: 'undo' | 'redo'): void {
    const field = fieldOf(flushSync(() => editor[step]()) ?? active);
    show(field);
    rest(field);
  }

  const commands: Readonly<Record<Extract<Command, string>, () => void>> = {
    edit() {
      setMode('edit');
      putCursorAtEnd(fieldOf(active));
    },
    restore() {
      flushSync(() => editor.restore());
      rest(fieldOf(active));
    },
    clear: () => editor.change(setEntry(draft, place, { title: '' })),
    undo: () => undoOrRedo('undo'),
    redo: () => undoOrRedo('redo'),
    toggleType() {
      const { type } = entryAt(draft, place);
      if (type === undefined) return;
      const next = type === 'habit' ? 'execution' : 'habit';
      editor.change(setEntry(draft, place, { type: next }));
      announce(t.actionType[next]);
    },
    describe: onDescribe,
    leave: onLeave,
  };
  return (command: Command) => (typeof command === 'number' ? goTo(command) : commands[command]());
}

/** What the keyboard does in the cells. */
function useKeys(options: GridOptions, cursor: Cursor) {
  const { t } = useTexts();
  const isLeaving = useRef(false);
  const run = useCommands(options, cursor, () => {
    isLeaving.current = true;
    announce(t.editor.leaving);
  });
  const { active } = options.editor;
  return {
    stay(): void {
      isLeaving.current = false;
    },
    onKeyDown(event: KeyboardEvent): void {
      if (isComposing(event)) return;
      if (event.key !== 'Tab') {
        if (event.key !== 'Shift') isLeaving.current = false;
        const command = commandOf(event, { ...options, active, mode: cursor.mode });
        if (command === undefined) return;
        event.preventDefault();
        run(command);
        return;
      }
      // After Escape, and at either end of the chart, Tab goes on in the page.
      const next = isLeaving.current ? undefined : nextToWrite(active, event.shiftKey ? -1 : 1);
      if (next === undefined) return;
      event.preventDefault();
      run(next);
    },
  };
}

/** A table or list is for the chart; lines that fit into a block go downwards from the cell. */
function usePaste({ editor, onPasteChart }: GridOptions) {
  const { t } = useTexts();
  return (event: ClipboardEvent): void => {
    const text = event.clipboardData.getData('text/plain');
    if (!isChartPaste(text)) return;
    event.preventDefault();
    const [block, index] = numbersOf(contentOf(editor.active));
    const isAction = block !== undefined && index !== undefined;
    const filled = isAction ? fillDown(editor.draft, text, { block, index }) : undefined;
    if (filled === undefined) onPasteChart(text);
    else {
      editor.change(filled.draft);
      announce(t.common.actions(filled.count));
    }
  };
}

/** What keys, pointers and the clipboard do in the cells. */
export function useGrid(options: GridOptions) {
  const { editor } = options;
  const cursor = useCursor(editor);
  const { stay, onKeyDown } = useKeys(options, cursor);
  const { mode, setMode, pointer, rest, goTo } = cursor;
  return {
    mode,
    onKeyDown,
    onPaste: usePaste(options),
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
      stay();
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
      const title = oneLine(isEntered ? text.replace('\n', '') : text);
      editor.change(setEntry(editor.draft, contentOf(cell), { title }), fieldIdOfCell(cell));
      if (isEntered) goTo(nextToWrite(cell, 1) ?? cell);
    },
  };
}
