import { useState } from 'react';
import { Loading } from '../../components/basics.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/errors.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import type { Filling } from '../../mandala/draft.ts';
import { loadTemplate, TEMPLATES, type TemplateName } from '../../mandala/templates/templates.ts';
import { FillingPreview } from './filling-preview.tsx';

interface TemplateDialogProps {
  /** Whether something is written already, which the template would replace. */
  readonly replaces: boolean;
  onClose(): void;
  onApply(filling: Filling): void;
}

/** Offers whole charts to begin with; asks before one replaces what is written. */
export function TemplateDialog({ replaces, onClose, onApply }: TemplateDialogProps) {
  const { t, language } = useTexts();
  const [name, setName] = useState<TemplateName>(TEMPLATES[0]);
  const { data, error, reload } = useLoad(`${language} ${name}`, () => loadTemplate(language, name));
  return (
    <Dialog
      title={t.templateDialog.title}
      className="dialog-wide"
      confirm={replaces ? t.templateDialog.replace : t.templateDialog.apply}
      isDangerous={replaces}
      isDisabled={data === undefined}
      onClose={onClose}
      action={async () => data && onApply(data)}
    >
      <p>{t.templateDialog.intro}</p>
      <fieldset className="options">
        <legend className="visually-hidden">{t.templateDialog.title}</legend>
        {TEMPLATES.map((each) => (
          <label key={each}>
            <input type="radio" name="template" checked={each === name} onChange={() => setName(each)} />
            <span>{t.templateDialog.names[each]}</span>
          </label>
        ))}
      </fieldset>
      {error !== undefined && <ErrorNote error={error} onRetry={reload} />}
      {data === undefined ? error === undefined && <Loading /> : <FillingPreview {...data} />}
      {replaces && <p className="warning-text">{t.templateDialog.replaces}</p>}
    </Dialog>
  );
}
