import { type ClipboardEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import { announce } from '../announcer.tsx';
import { ApiError } from '../api/errors.ts';
import { Button, Dialog, ErrorNote, Heading } from '../components/basics.tsx';
import { Mandala } from '../components/mandala.tsx';
import { useTexts } from '../i18n/context.tsx';
import {
  countActions,
  DESCRIPTION_LIMIT,
  type Draft,
  emptyDraft,
  fill,
  isEmpty,
  newGoalOf,
  type Place,
  type Problem,
  placeOfPointer,
  setAction,
  validate,
} from '../mandala/draft.ts';
import { MAXIMUM_ACTIONS, PER_BLOCK } from '../mandala/layout.ts';
import { isChartPaste } from '../mandala/paste.ts';
import { loadDraft, storeDraft } from '../mandala/stored-draft.ts';
import { navigate, paths } from '../router.ts';
import { useAction, useServices } from '../services.tsx';
import { BlockEditor, fieldIdOf } from './block-editor.tsx';
import { chartOf, placeText, sameKind } from './draft-chart.ts';
import { PasteDialog } from './paste-dialog.tsx';

export default function CreateView() {
  const { t } = useTexts();
  const { api, session } = useServices();
  const state = session.getState();
  const user = state.status === 'signedIn' ? state.user : '';
  const [draft, setDraft] = useState(() => loadDraft(localStorage, user));
  const [block, setBlock] = useState(0);
  const [selected, setSelected] = useState<string>();
  const [isChecked, setChecked] = useState(false);
  const [refused, setRefused] = useState<readonly Problem[]>([]);
  const [pasted, setPasted] = useState<string>();
  const [isClearing, setClearing] = useState(false);
  /** A repeated request with the same key makes one goal, whatever became of the first answer. */
  const sent = useRef({ body: '', key: '' });
  const summary = useRef<HTMLDivElement>(null);
  const toFocus = useRef<string>(undefined);

  useEffect(() => storeDraft(localStorage, user, draft), [draft, user]);
  useEffect(() => {
    if (toFocus.current === undefined) return;
    document.getElementById(toFocus.current)?.focus();
    toFocus.current = undefined;
  });

  const problems = isChecked ? [...validate(draft), ...refused] : [];
  const flawOf = (place: Place): string | undefined => {
    const found = problems.find((problem) => sameKind(problem.place, place));
    return found && t.flaw[found.flaw];
  };

  function change(next: Draft): void {
    setDraft(next);
    setRefused([]);
  }

  /** Shows the field of a place and puts the cursor there. */
  function open(id: string): void {
    const number = /^(?:sub-goal|action)-(\d)/.exec(id)?.[1];
    if (number !== undefined) setBlock(Number(number));
    setSelected(id);
    toFocus.current = id;
  }

  const create = useAction(async () => {
    const body = newGoalOf(draft);
    const text = JSON.stringify(body);
    if (sent.current.body !== text) sent.current = { body: text, key: crypto.randomUUID() };
    try {
      const goal = await api.call('POST /api/goals', { body, headers: { 'idempotency-key': sent.current.key } });
      storeDraft(localStorage, user, emptyDraft);
      navigate(paths.goal(goal.goalId));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'invalid_request') {
        setRefused(error.fields.map(({ path }) => ({ place: placeOfPointer(draft, path), flaw: 'characters' })));
      }
      throw error;
    }
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setChecked(true);
    if (validate(draft).length === 0) create.run();
    else {
      // The list may be there already, or come with the next rendering.
      toFocus.current = 'problems';
      summary.current?.focus();
    }
  }

  /** A table or list is for the chart; lines pasted into an action go on downwards from there. */
  function paste(event: ClipboardEvent, at?: { block: number; index: number }): void {
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
    change(lines.reduce((next, line, row) => setAction(next, at.block, at.index + row, { title: line.trim() }), draft));
    announce(t.common.actions(lines.length));
  }

  const chart = chartOf(draft, problems, t);
  const count = countActions(draft);
  const length = Array.from(draft.description).length;
  const titleFlaw = flawOf({ kind: 'title' });
  const descriptionFlaw = flawOf({ kind: 'description' });
  const deadlineFlaw = flawOf({ kind: 'deadline' });

  return (
    <form className="create" noValidate onSubmit={submit}>
      <div className="page-head">
        <div>
          <Heading title={t.create.title}>{t.create.title}</Heading>
          <p className="lead">{t.create.intro}</p>
        </div>
      </div>

      {problems.length > 0 && (
        <div className="note note-error" id="problems" tabIndex={-1} ref={summary} role="alert">
          <div>
            <p>
              <strong>{t.create.fix}</strong>
            </p>
            <ul>
              {problems.slice(0, 8).map((problem) => (
                <li key={`${fieldIdOf(problem.place)} ${problem.flaw}`}>
                  <button type="button" className="text-button" onClick={() => open(fieldIdOf(problem.place))}>
                    {placeText(problem.place, t)}
                  </button>
                  : {t.flaw[problem.flaw]}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}

      <div className="fields">
        <div className="field field-wide">
          <label htmlFor="title">{t.create.goal}</label>
          <textarea
            id="title"
            className="input-large"
            rows={1}
            value={draft.title}
            placeholder={t.create.goalHint}
            required
            aria-invalid={titleFlaw !== undefined}
            aria-describedby="title-flaw"
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.preventDefault();
            }}
            onChange={(event) => change({ ...draft, title: event.target.value.replace(/[\r\n]+/g, ' ') })}
          />
          <p className="flaw" id="title-flaw">
            {titleFlaw}
          </p>
        </div>
        <div className="field">
          <label htmlFor="description">
            {t.create.description} <span className="soft">({t.common.optional})</span>
          </label>
          <textarea
            id="description"
            rows={2}
            value={draft.description}
            aria-invalid={descriptionFlaw !== undefined}
            aria-describedby="description-hint description-flaw"
            onChange={(event) => change({ ...draft, description: event.target.value })}
          />
          <p className="hint" id="description-hint">
            {length > DESCRIPTION_LIMIT * 0.9
              ? t.create.characters(length, DESCRIPTION_LIMIT)
              : t.create.descriptionHint}
          </p>
          <p className="flaw" id="description-flaw">
            {descriptionFlaw}
          </p>
        </div>
        <div className="field field-narrow">
          <label htmlFor="deadline">
            {t.create.deadline} <span className="soft">({t.common.optional})</span>
          </label>
          <input
            id="deadline"
            type="date"
            value={draft.deadline}
            aria-invalid={deadlineFlaw !== undefined}
            aria-describedby="deadline-flaw"
            onChange={(event) => change({ ...draft, deadline: event.target.value })}
          />
          <p className="flaw" id="deadline-flaw">
            {deadlineFlaw}
          </p>
        </div>
      </div>

      <div className="section-head">
        <h2>{t.create.chart}</h2>
        <div className="buttons">
          <Button icon="paste" onClick={() => setPasted('')}>
            {t.create.paste}
          </Button>
          <Button kind="quiet" disabled={isEmpty(draft)} onClick={() => setClearing(true)}>
            {t.create.clear}
          </Button>
        </div>
      </div>
      <p className="hint">
        {t.create.chartHint} <span className="keys-hint">{t.create.keysHint}</span>
      </p>
      <div className="workbench">
        <Mandala
          label={t.create.chart}
          hint={`${t.create.chartHint} ${t.create.keysHint}`}
          {...chart}
          selected={selected}
          onSelect={open}
          onPaste={(event) => paste(event)}
        />
        <BlockEditor
          draft={draft}
          block={block}
          flawOf={flawOf}
          onChange={change}
          onBlock={(next) => open(fieldIdOf({ kind: 'subGoal', block: next }))}
          onFocus={setSelected}
          onPaste={paste}
        />
      </div>

      <div className="submit-bar">
        <div>
          <p>
            <strong>{t.create.filled(count)}</strong>
          </p>
          <progress value={count} max={MAXIMUM_ACTIONS} aria-label={t.create.filled(count)} />
          <p className="hint">{t.create.draftKept}</p>
        </div>
        <Button type="submit" kind="primary" className="button-large" disabled={create.isRunning}>
          {create.isRunning ? t.create.submitting : t.create.submit}
        </Button>
      </div>
      <ErrorNote error={create.error} />

      {pasted !== undefined && (
        <PasteDialog
          initialText={pasted}
          replaces={count > 0}
          onClose={() => setPasted(undefined)}
          onApply={(filling) => {
            change(fill(draft, filling));
            setPasted(undefined);
            announce(t.pasteDialog.found(filling.actionCount, filling.subGoalCount));
          }}
        />
      )}
      {isClearing && (
        <Dialog title={t.clearDialog.title} onClose={() => setClearing(false)}>
          <p>{t.clearDialog.body}</p>
          <div className="dialog-buttons">
            <Button data-autofocus onClick={() => setClearing(false)}>
              {t.common.cancel}
            </Button>
            <Button
              kind="danger"
              onClick={() => {
                change(emptyDraft);
                setChecked(false);
                setClearing(false);
              }}
            >
              {t.clearDialog.confirm}
            </Button>
          </div>
        </Dialog>
      )}
    </form>
  );
}
