import { bodyOf } from '@goal-activity/client/client.ts';
import { ApiError } from '@goal-activity/client/errors.ts';
import { type ClipboardEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useLocation } from 'wouter';
import { announce } from '../../announcer.tsx';
import { useAction } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import {
  type Draft,
  emptyDraft,
  fillDown,
  newGoalOf,
  type Place,
  type Problem,
  placeOfPointer,
  validate,
} from '../../mandala/draft.ts';
import { isChartPaste } from '../../mandala/paste.ts';
import { loadDraft, storeDraft } from '../../mandala/stored-draft.ts';
import { paths } from '../../paths.ts';
import { useServices } from '../../services.ts';
import { fieldIdOf } from './places.ts';

/** Sends the draft. The same draft keeps its key, so that a repeated request makes one goal. */
function useCreateGoal(draft: Draft, user: string, onRefused: (problems: Problem[]) => void) {
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

/** Which block and which field are in view, by the id of the field. */
function useFieldInView() {
  const [block, setBlock] = useState(0);
  const [selected, setSelected] = useState<string>();

  /** Shows a field and puts the cursor there. */
  function open(id: string): void {
    const number = /^(?:sub-goal|action)-(\d)/.exec(id)?.[1];
    flushSync(() => {
      if (number !== undefined) setBlock(Number(number));
      setSelected(id);
    });
    document.getElementById(id)?.focus();
  }

  return { block, selected, setSelected, open };
}

export type Editor = ReturnType<typeof useEditor>;

/** The goal being written: its draft, the block and field in view, what is wrong with it, and how it is sent. */
export function useEditor() {
  const { t } = useTexts();
  const { session } = useServices();
  const state = session.getState();
  const user = state.status === 'signedIn' ? state.user : '';
  const [draft, setDraft] = useState(() => loadDraft(localStorage, user));
  const [isChecked, setChecked] = useState(false);
  const [refused, setRefused] = useState<readonly Problem[]>([]);
  const [pasted, setPasted] = useState<string>();
  const field = useFieldInView();
  const create = useCreateGoal(draft, user, setRefused);
  useEffect(() => storeDraft(localStorage, user, draft), [draft, user]);
  const problems = isChecked ? [...validate(draft), ...refused] : [];

  function change(next: Draft): void {
    setDraft(next);
    setRefused([]);
  }

  return {
    ...field,
    draft,
    problems,
    pasted,
    create,
    change,
    setPasted,
    flawOf(place: Place): string | undefined {
      const found = problems.find((problem) => fieldIdOf(problem.place) === place);
      return found && t.flaw[found.flaw];
    },
    clear(): void {
      change(emptyDraft);
      setChecked(false);
    },
    submit(event: FormEvent): void {
      event.preventDefault();
      flushSync(() => setChecked(true));
      if (validate(draft).length === 0) create.run();
      else document.getElementById('problems')?.focus();
    },
    /** A table or list is for the chart; lines pasted into an action go on downwards from there. */
    paste(event: ClipboardEvent, at?: { block: number; index: number }): void {
      const text = event.clipboardData.getData('text/plain');
      if (!isChartPaste(text)) {
        if (at === undefined && text.trim() !== '') event.preventDefault();
        return;
      }
      event.preventDefault();
      const filled = at && fillDown(draft, text, at);
      if (filled === undefined) setPasted(text);
      else {
        change(filled.draft);
        announce(t.common.actions(filled.count));
      }
    },
  };
}
