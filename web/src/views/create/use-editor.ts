import { ApiError } from '@goal-activity/client/errors.ts';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { announce } from '../../announcer.tsx';
import { useAction } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { type CellNumber, cellOfField, FIRST_SUB_GOAL, firstDifference } from '../../mandala/cells.ts';
import { type Draft, placeOfPointer } from '../../mandala/draft.ts';
import { begin, change, redo, restore, settle, type Undoable, undo } from '../../mandala/undo.ts';
import { type Problem, validate } from '../../mandala/validate.ts';
import { fieldIdOf, show } from './places.ts';

export interface EditorOptions {
  /** What is there at first; later values are not looked at. */
  readonly initial: Draft;
  /** Told what is written at first and after every change. */
  onChange?(draft: Draft): void;
  /**
   * Sends what is written, which was checked against the rules of the API. What it throws is shown; the fields that an
   * `invalid_request` names are marked.
   */
  onSave(draft: Draft): Promise<void>;
}

/** Sends the draft, and tells which fields the API refuses. */
function useSave(draft: Draft, onSave: EditorOptions['onSave'], onRefused: (problems: Problem[]) => void) {
  return useAction(async () => {
    try {
      await onSave(draft);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invalid_request') {
        onRefused(error.fields.map(({ path }) => ({ place: placeOfPointer(draft, path), flaw: 'characters' })));
      }
      throw error;
    }
  });
}

/** The draft with what can be undone, and which cell is chosen. */
function useDraft({ initial, onChange }: EditorOptions, onChanged: () => void) {
  const { t } = useTexts();
  const [steps, setSteps] = useState(() => begin(initial));
  const [active, setActive] = useState<CellNumber>(FIRST_SUB_GOAL);
  const draft = steps.present;
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => tell.current?.(draft), [draft]);

  function take(next: Undoable<Draft>): void {
    setSteps(next);
    if (next.present !== draft) onChanged();
  }

  /** @returns the cell that it changed, which is then the chosen one */
  function goBackOrOn(next: Undoable<Draft>, message: string): CellNumber | undefined {
    if (next.present === draft) return undefined;
    const cell = firstDifference(draft, next.present);
    take(next);
    if (cell !== undefined) setActive(cell);
    announce(message);
    return cell;
  }

  return {
    draft,
    active,
    setActive,
    canUndo: steps.past.length > 0,
    canRedo: steps.future.length > 0,
    undo: () => goBackOrOn(undo(steps), t.editor.undone),
    redo: () => goBackOrOn(redo(steps), t.editor.redone),
    /** @param typing field that is typed in: until `settle` its letters are one step of undo */
    change: (next: Draft, typing?: string) => take(change(steps, next, typing)),
    settle: () => setSteps(settle),
    restore: () => take(restore(steps)),
  };
}

export type Editor = ReturnType<typeof useEditor>;

/** A goal being written: its draft, what is wrong with it, and how it is sent. */
export function useEditor(options: EditorOptions) {
  const { t } = useTexts();
  const [isChecked, setChecked] = useState(false);
  const [refused, setRefused] = useState<readonly Problem[]>([]);
  const written = useDraft(options, () => setRefused([]));
  const { draft, setActive } = written;
  const save = useSave(draft, options.onSave, setRefused);
  const problems = isChecked ? [...validate(draft), ...refused] : [];

  return {
    ...written,
    problems,
    save,
    flawOf(id: string): string | undefined {
      const found = problems.find((problem) => fieldIdOf(problem.place) === id);
      return found && t.flaw[found.flaw];
    },
    /** Shows a field and puts the cursor there. */
    open(id: string): void {
      const cell = cellOfField(id);
      flushSync(() => {
        if (cell !== undefined) setActive(cell);
      });
      show(document.getElementById(id));
    },
    submit(event: FormEvent): void {
      event.preventDefault();
      flushSync(() => setChecked(true));
      if (validate(draft).length === 0) save.run();
      else document.getElementById('problems')?.focus();
    },
    uncheck: () => setChecked(false),
  };
}
