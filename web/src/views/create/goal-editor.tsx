import { useState } from 'react';
import { announce } from '../../announcer.tsx';
import { Button } from '../../components/basics.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/errors.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { countActions, emptyDraft, type Filling, fill, isEmpty } from '../../mandala/draft.ts';
import { MAXIMUM_ACTIONS } from '../../mandala/layout.ts';
import { NARROW, useMedia } from '../../media.ts';
import { BlockNav } from './block-nav.tsx';
import { DESCRIPTION_ID, EntryBar } from './entry-bar.tsx';
import { GoalFields, ProblemList } from './goal-fields.tsx';
import { Grid } from './grid.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { TemplateDialog } from './template-dialog.tsx';
import { undoKey } from './undo-key.ts';
import { type Editor, type EditorOptions, useEditor } from './use-editor.ts';

/** A field has its own way to undo; the cells have the editor's, where their text is only chosen. */
const isTextField = (target: EventTarget) =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== 'radio');

/** What is open over the form, with the text that was pasted. */
type Open = { readonly dialog: 'paste'; readonly text: string } | { readonly dialog: 'template' | 'clear' };

function Toolbar({ editor, onOpen }: { editor: Editor; onOpen: (open: Open) => void }) {
  const { t } = useTexts();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    <div className="buttons" role="group" aria-label={t.editor.toolbar}>
      <Button
        icon="undo"
        aria-label={t.editor.undo}
        title={t.editor.undo}
        aria-keyshortcuts="Control+Z Meta+Z"
        disabled={!editor.canUndo}
        onClick={editor.undo}
      />
      <Button
        icon="redo"
        aria-label={t.editor.redo}
        title={t.editor.redo}
        aria-keyshortcuts="Control+Y Meta+Shift+Z"
        disabled={!editor.canRedo}
        onClick={editor.redo}
      />
      <Button icon="chart" onClick={() => onOpen({ dialog: 'template' })}>
        {t.editor.templates}
      </Button>
      <Button icon="paste" onClick={() => onOpen({ dialog: 'paste', text: '' })}>
        {t.create.paste}
      </Button>
      <Button kind="quiet" disabled={isEmpty(editor.draft)} onClick={() => onOpen({ dialog: 'clear' })}>
        {t.create.clear}
      </Button>
    </div>
  );
}

/** What the keys do, for those who have some. */
function Keyboard() {
  const { t } = useTexts();
  return (
    <details className="keys">
      <summary>{t.editor.keyboard}</summary>
      <p className="visually-hidden" id="grid-hint">
        {t.editor.howToLeave}
      </p>
      <dl>
        {t.editor.keys.map(({ key, does }) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** The chart, and what there is to the chosen cell. */
function Workbench({ editor, onOpen }: { editor: Editor; onOpen: (open: Open) => void }) {
  const { t } = useTexts();
  const isNarrow = useMedia(NARROW);
  return (
    <>
      <div className="section-head">
        <h2>{t.create.chart}</h2>
        <Toolbar editor={editor} onOpen={onOpen} />
      </div>
      <p className="hint">{t.create.chartHint}</p>
      <Keyboard />
      <div className="workbench">
        {isNarrow && <BlockNav editor={editor} />}
        <Grid
          editor={editor}
          isNarrow={isNarrow}
          onPasteChart={(text) => onOpen({ dialog: 'paste', text })}
          onDescribe={() => document.getElementById(DESCRIPTION_ID)?.focus()}
        />
        <EntryBar editor={editor} />
      </div>
    </>
  );
}

/** What is open over the form; not within it, since a dialog is a form itself. */
function Dialogs({ editor, open, onClose }: { editor: Editor; open: Open; onClose: () => void }) {
  const { t } = useTexts();
  const { draft, change } = editor;
  function apply(filling: Filling): void {
    const next = fill(draft, filling);
    change(next);
    onClose();
    announce(t.pasteDialog.found(countActions(next), next.blocks.filter(({ title }) => title !== '').length));
  }
  if (open.dialog === 'paste') {
    return <PasteDialog initialText={open.text} replaces={countActions(draft) > 0} onClose={onClose} onApply={apply} />;
  }
  if (open.dialog === 'template') {
    return <TemplateDialog replaces={!isEmpty(draft)} onClose={onClose} onApply={apply} />;
  }
  return (
    <Dialog
      title={t.clearDialog.title}
      confirm={t.clearDialog.confirm}
      isDangerous
      onClose={onClose}
      action={async () => {
        change(emptyDraft);
        editor.uncheck();
        onClose();
      }}
    >
      <p>{t.clearDialog.body}</p>
    </Dialog>
  );
}

export interface GoalEditorProps extends EditorOptions {
  readonly submit: string;
  /** In its place while it is sent. */
  readonly submitting: string;
  /** What becomes of what is written until then. */
  readonly hint?: string;
}

/** Goal, description, deadline and the chart, written in place. */
export function GoalEditor({ submit, submitting, hint, ...options }: GoalEditorProps) {
  const { t } = useTexts();
  const editor = useEditor(options);
  const [open, setOpen] = useState<Open>();
  const { draft, problems, save } = editor;
  const count = countActions(draft);
  return (
    <>
      <form
        className="create"
        noValidate
        onSubmit={editor.submit}
        onKeyDown={(event) => {
          const step = isTextField(event.target) ? undefined : undoKey(event);
          if (step === undefined) return;
          event.preventDefault();
          editor[step]();
        }}
      >
        {problems.length > 0 && <ProblemList problems={problems} onOpen={editor.open} />}
        <GoalFields editor={editor} />
        <Workbench editor={editor} onOpen={setOpen} />
        <div className="submit-bar">
          <div>
            <p>
              <strong>{t.create.filled(count)}</strong>
            </p>
            <progress value={count} max={MAXIMUM_ACTIONS} aria-label={t.create.filled(count)} />
            {hint !== undefined && <p className="hint">{hint}</p>}
          </div>
          <Button type="submit" kind="primary" className="button-large" disabled={save.isRunning}>
            {save.isRunning ? submitting : submit}
          </Button>
        </div>
        <ErrorNote error={save.error} />
      </form>
      {open !== undefined && <Dialogs editor={editor} open={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
