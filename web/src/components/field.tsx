import type { ComponentPropsWithoutRef, ElementType } from 'react';
import { useTexts } from '../i18n/context.tsx';

interface FieldProps extends Omit<ComponentPropsWithoutRef<'textarea'>, 'onChange'> {
  readonly id: string;
  readonly label: string;
  /** What it is written in or chosen with. */
  readonly as?: ElementType;
  readonly type?: 'date' | 'number';
  readonly min?: number;
  readonly max?: number;
  readonly isOptional?: boolean;
  readonly hint?: string;
  /** Why what is in it cannot be taken. */
  readonly flaw?: string | undefined;
  /** Of all of it; `className` is that of the control. */
  readonly fieldClass?: string;
  onChange(value: string): void;
}

/** A control with its name above, and hint and flaw below. */
export function Field(props: FieldProps) {
  const { id, label, as: Control = 'textarea', isOptional, hint, flaw, fieldClass = '', onChange, ...control } = props;
  const { t } = useTexts();
  const described = [hint === undefined ? [] : `${id}-hint`, flaw === undefined ? [] : `${id}-flaw`].flat();
  return (
    <div className={`field ${fieldClass}`}>
      <label htmlFor={id}>
        {label} {isOptional && <span className="soft">{t.common.optional}</span>}
      </label>
      <Control
        id={id}
        aria-invalid={flaw !== undefined}
        aria-describedby={described.join(' ') || undefined}
        onChange={(event: { target: { value: string } }) => onChange(event.target.value)}
        {...control}
      />
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
