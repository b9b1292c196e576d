import { bodyOf } from '@goal-activity/client/client.ts';
import { ApiError } from '@goal-activity/client/errors.ts';
import { type ClipboardEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { announce } from '../../announcer.tsx';
import { type RunningAction, useAction } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import {
  type Draft,
  emptyDraft,
  newGoalOf,
  type Place,
  type Problem,
  placeOfPointer,
  setAction,
  validate,
} from '../../mandala/draft.ts';
import { PER_BLOCK } from '../../mandala/layout.ts';
import { isChartPaste } from '../../mandala/paste.ts';
import { loadDraft, storeDraft } from '../../mandala/stored-draft.ts';
import { paths } from '../../paths.ts';
import { useServices } from '../../services.ts';
import { sameKind } from './places.ts';

/** Sends the draft. A repeated request with the same key makes one goal, whatever became of the first answer. */
function useCreateGoal(draft: Draft, user: string, onRefused: (problems: Problem[]) => void): RunningAction<[]> {
  const { api } = useServices();
  const [, navigate] = useLocation();
  const sent = useRef({ body: '', key: '' });
  return useAction(async () => {
    const body = newGoalOf(draft);
    const text = JSON.stringify(body);
    if (sent.current.body !== text) sent.current = { body: text, key: crypto.randomUUID() };
    const header = { 'Idempotency-Key': sent.current.key };
    try {
      const { goalId } = await bodyOf(api.POST('/api/goals', { body, params: { header } }));
      storeDraft(localStorage, user, emptyDraft);
      navigate(paths.goal(goalId));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invalid_request') {
        onRefused(error.fields.map(({ path }) => ({ place: placeOfPointer(draft, path), flaw: 'characters' })));
      }
      throw error;
    }
  });
}

/** Puts the cursor into an element, or does so once it is rendered. */
function useFocusLater(): (id: string) => void {
  const wanted = useRef<string>(undefined);
  useEffect(() => {
    if (wanted.current !== undefined) document.getElementById(wanted.current)?.focus();
    wanted.current = undefined;
  });
  return (id) => {
    const element = document.getElementById(id);
    if (element === null) wanted.current = id;
    else element.focus();
  };
}

export type Editor = ReturnType<typeof useEditor>;

/** The goal being written: its draft, the block and field in view, what is wrong with it, and how it is sent. */
export function useEditor() {
  const { t } = useTexts();
  const { session } = useServices();
  const state = session.getState();
  const user = state.status === 'signedIn' ? state.user : '';
  const [draft, setDraft] = useState(() => loadDraft(localStorage, user));
  const [block, setBlock] = useState(0);
  const [selected, setSelected] = useState<string>();
  const [isChecked, setChecked] = useState(false);
  const [refused, setRefused] = useState<readonly Problem[]>([]);
  const [pasted, setPasted] = useState<string>();
  const focus = useFocusLater();
  const create = useCreateGoal(draft, user, setRefused);
  useEffect(() => storeDraft(localStorage, user, draft), [draft, user]);
  const problems = isChecked ? [...validate(draft), ...refused] : [];

  function change(next: Draft): void {
    setDraft(next);
    setRefused([]);
  }

  return {
    draft,
    block,
    selected,
    problems,
    pasted,
    create,
    change,
    setSelected,
    setPasted,
    flawOf(place: Place): string | undefined {
      const found = problems.find((problem) => sameKind(problem.place, place));
      return found && t.flaw[found.flaw];
    },
    clear(): void {
      change(emptyDraft);
      setChecked(false);
    },
    /** Shows the field of a place and puts the cursor there. */
    open(id: string): void {
      const number = /^(?:sub-goal|action)-(\d)/.exec(id)?.[1];
      if (number !== undefined) setBlock(Number(number));
      setSelected(id);
      focus(id);
    },
    submit(event: FormEvent): void {
      event.preventDefault();
      setChecked(true);
      if (validate(draft).length === 0) create.run();
      else focus('problems');
    },
    /** A table or list is for the chart; lines pasted into an action go on downwards from there. */
    paste(event: ClipboardEvent, at?: { block: number; index: number }): void {
      const text = event.clipboardData.getData('text/plain');
      if (!isChartPaste(text)) {
        if (at === undefined && text.trim() !== '') event.preventDefault();
        return;
      }
      event.preventDefault();
      const lines = text.trim().split(/\r?\n/);
      if (at === undefined || text.includes('\t') || lines.length > PER_BLOCK - at.index) {
        setPasted(text);
        return;
      }
      change(
        lines.reduce((next, line, row) => setAction(next, at.block, at.index + row, { title: line.trim() }), draft),
      );
      announce(t.common.actions(lines.length));
    },
  };
}
