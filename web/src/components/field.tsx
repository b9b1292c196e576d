import type { ReactNode } from 'react';
import { useTexts } from '../i18n/context.tsx';

/** What ties a control to its name, hint and flaw. */
interface Control {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly isOptional?: boolean;
  readonly hint?: string;
  /** Why what is in it cannot be taken. */
  readonly flaw?: string | undefined;
  readonly className?: string;
  children(control: Control): ReactNode;
}

/** A control with its name above, and hint and flaw below. */
export function Field({ id, label, isOptional = false, hint, flaw, className = '', children }: FieldProps) {
  const { t } = useTexts();
  const described = [hint === undefined ? [] : `${id}-hint`, flaw === undefined ? [] : `${id}-flaw`].flat();
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>
        {label} {isOptional && <span className="soft">({t.common.optional})</span>}
      </label>
      {children({ id, 'aria-invalid': flaw !== undefined, 'aria-describedby': described.join(' ') || undefined })}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p className="flaw" id={`${id}-flaw`}>
        {flaw}
      </p>
    </div>
  );
}

/** A title is one line, also when several are pasted. */
export const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');
