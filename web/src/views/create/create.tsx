import { useState } from 'react';
import { announce } from '../../announcer.tsx';
import { Button, Heading } from '../../components/basics.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/errors.tsx';
import { Field, oneLine } from '../../components/field.tsx';
import { Mandala } from '../../components/mandala.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { countActions, DESCRIPTION_LIMIT, fill, isEmpty, type Problem } from '../../mandala/draft.ts';
import { MAXIMUM_ACTIONS } from '../../mandala/layout.ts';
import { BlockEditor } from './block-editor.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { chartOf, fieldIdOf, placeText } from './places.ts';
import { type Editor, useEditor } from './use-editor.ts';

const MOST_PROBLEMS = 8;

function ProblemList({ problems, onOpen }: { problems: readonly Problem[]; onOpen: (id: string) => void }) {
  const { t } = useTexts();
  return (
    <div className="note note-error" id="problems" tabIndex={-1} role="alert">
      <div>
        <p>
          <strong>{t.create.fix}</strong>
        </p>
        <ul>
          {problems.slice(0, MOST_PROBLEMS).map(({ place, flaw }) => (
            <li key={`${fieldIdOf(place)} ${flaw}`}>
              <button type="button" className="text-button" onClick={() => onOpen(fieldIdOf(place))}>
                {placeText(place, t)}
              </button>
              : {t.flaw[flaw]}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** The fields of the goal itself. */
function GoalFields({ editor: { draft, change, flawOf } }: { editor: Editor }) {
  const { t } = useTexts();
  const length = Array.from(draft.description).length;
  const isNearLimit = length > DESCRIPTION_LIMIT * 0.9;
  return (
    <div className="fields">
      <Field
        id="title"
        fieldClass="field-wide"
        className="input-large"
        label={t.create.goal}
        flaw={flawOf('title')}
        rows={1}
        value={draft.title}
        placeholder={t.create.goalHint}
        required
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.preventDefault();
        }}
        onChange={(title) => change({ ...draft, title: oneLine(title) })}
      />
      <Field
        id="description"
        label={t.create.description}
        isOptional
        hint={isNearLimit ? t.create.characters(length, DESCRIPTION_LIMIT) : t.create.descriptionHint}
        flaw={flawOf('description')}
        rows={2}
        value={draft.description}
        onChange={(description) => change({ ...draft, description })}
      />
      <Field
        as="input"
        type="date"
        id="deadline"
        label={t.create.deadline}
        isOptional
        flaw={flawOf('deadline')}
        value={draft.deadline}
        onChange={(deadline) => change({ ...draft, deadline })}
      />
    </div>
  );
}

/** The chart, and the fields of the block in view. */
function Workbench({ editor, onClear }: { editor: Editor; onClear: () => void }) {
  const { t } = useTexts();
  const { draft, problems, selected, open, paste } = editor;
  return (
    <>
      <div className="section-head">
        <h2>{t.create.chart}</h2>
        <div className="buttons">
          <Button icon="paste" onClick={() => editor.setPasted('')}>
            {t.create.paste}
          </Button>
          <Button kind="quiet" disabled={isEmpty(draft)} onClick={onClear}>
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
          {...chartOf(draft, problems, t)}
          selected={selected}
          onSelect={open}
          onPaste={(event) => paste(event)}
        />
        <BlockEditor editor={editor} />
      </div>
    </>
  );
}

/** What is open over the form; not within it, since a dialog is a form itself. */
function Dialogs({ editor, isClearing, onCleared }: { editor: Editor; isClearing: boolean; onCleared: () => void }) {
  const { t } = useTexts();
  const { draft, pasted, change, clear, setPasted } = editor;
  return (
    <>
      {isClearing && (
        <Dialog
          title={t.clearDialog.title}
          confirm={t.clearDialog.confirm}
          isDangerous
          onClose={onCleared}
          action={async () => {
            clear();
            onCleared();
          }}
        >
          <p>{t.clearDialog.body}</p>
        </Dialog>
      )}
      {pasted !== undefined && (
        <PasteDialog
          initialText={pasted}
          replaces={countActions(draft) > 0}
          onClose={() => setPasted(undefined)}
          onApply={(filling) => {
            change(fill(draft, filling));
            setPasted(undefined);
            announce(t.pasteDialog.found(filling.actionCount, filling.subGoalCount));
          }}
        />
      )}
    </>
  );
}

export default function CreateView() {
  const { t } = useTexts();
  const editor = useEditor();
  const [isClearing, setClearing] = useState(false);
  const { draft, problems, create } = editor;
  const count = countActions(draft);
  return (
    <>
      <form className="create" noValidate onSubmit={editor.submit}>
        <div className="page-head">
          <div>
            <Heading title={t.create.title} />
            <p className="lead">{t.create.intro}</p>
          </div>
        </div>
        {problems.length > 0 && <ProblemList problems={problems} onOpen={editor.open} />}
        <GoalFields editor={editor} />
        <Workbench editor={editor} onClear={() => setClearing(true)} />
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
      </form>
      <Dialogs editor={editor} isClearing={isClearing} onCleared={() => setClearing(false)} />
    </>
  );
}
