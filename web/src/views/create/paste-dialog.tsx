import { useState } from 'react';
import { ChartThumbnail } from '../../components/chart-thumbnail.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { type Pasted, parsePaste } from '../../mandala/paste.ts';

interface PasteDialogProps {
  readonly initialText: string;
  /** Whether something is in the chart already. */
  readonly replaces: boolean;
  onClose(): void;
  onApply(pasted: Pasted): void;
}

/** What was understood. */
function Preview({ pasted, replaces }: { pasted: Pasted; replaces: boolean }) {
  const { t } = useTexts();
  return (
    <>
      <ChartThumbnail filling={pasted} />
      <div>
        <p>
          <strong>{t.pasteDialog.form[pasted.form]}</strong>
        </p>
        <p>{t.pasteDialog.found(pasted.actionCount, pasted.subGoalCount)}</p>
        {pasted.leftOut > 0 && <p className="warning-text">{t.pasteDialog.leftOut(pasted.leftOut)}</p>}
        {replaces && <p className="soft">{t.pasteDialog.replaces}</p>}
      </div>
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
          <Preview pasted={pasted} replaces={replaces} />
        )}
      </div>
    </Dialog>
  );
}
