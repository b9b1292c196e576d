import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { type Pasted, parsePaste } from '../../mandala/paste/paste.ts';
import { FillingPreview } from './filling-preview.tsx';

interface PasteDialogProps {
  readonly initialText: string;
  /** Whether something is in the chart already. */
  readonly replaces: boolean;
  onClose(): void;
  onApply(pasted: Pasted): void;
}

/** What is named of that which has no place. */
const MOST_NAMED = 5;

/** What was understood, and what was not or is left out. */
function Understood({ pasted, replaces }: { pasted: Pasted; replaces: boolean }) {
  const { t } = useTexts();
  const { form, actionCount, subGoalCount, leftOut, unknownColumns, unknownTypes } = pasted;
  const warnings = [
    leftOut.length > 0 &&
      `${t.pasteDialog.leftOut(leftOut.length)} ${t.editor.named(leftOut.slice(0, MOST_NAMED), leftOut.length - MOST_NAMED)}`,
    unknownColumns.length > 0 && t.editor.unknownColumns(unknownColumns),
    unknownTypes > 0 && t.editor.unknownTypes(unknownTypes),
  ].filter((text) => text !== false);
  return (
    <>
      <p>
        <strong>{form === 'list' ? t.editor.list : t.pasteDialog.form[form]}</strong>:{' '}
        {t.pasteDialog.found(actionCount, subGoalCount)}
      </p>
      {warnings.map((text) => (
        <p key={text} className="warning-text">
          {text}
        </p>
      ))}
      {replaces && <p className="soft">{t.pasteDialog.replaces}</p>}
    </>
  );
}

/** Takes a table or list, and shows what it understands before that replaces the chart. */
export function PasteDialog({ initialText, replaces, onClose, onApply }: PasteDialogProps) {
  const { t } = useTexts();
  const [text, setText] = useState(initialText);
  const pasted = parsePaste(text);
  return (
    <Dialog
      title={t.pasteDialog.title}
      className="dialog-wide"
      confirm={t.pasteDialog.apply}
      isDisabled={pasted === undefined || pasted.actionCount === 0}
      onClose={onClose}
      action={async () => pasted && onApply(pasted)}
    >
      <p>{t.pasteDialog.intro}</p>
      <ul className="forms">
        {t.pasteDialog.forms.map((form) => (
          <li key={form}>{form}</li>
        ))}
      </ul>
      <label htmlFor="paste-text">{t.pasteDialog.field}</label>
      <textarea
        id="paste-text"
        className="paste-text"
        rows={5}
        value={text}
        data-autofocus
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="paste-result" role="status">
        {pasted === undefined ? (
          <p className="soft">{t.pasteDialog.nothing}</p>
        ) : (
          <Understood pasted={pasted} replaces={replaces} />
        )}
      </div>
      {pasted !== undefined && <FillingPreview {...pasted} />}
    </Dialog>
  );
}
