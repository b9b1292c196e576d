import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { useAction } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { Button } from './basics.tsx';
import { ErrorNote } from './errors.tsx';

interface DialogProps {
  readonly title: string;
  /** What will happen. */
  readonly steps?: readonly string[];
  readonly children?: ReactNode;
  readonly className?: string;
  readonly confirm: string;
  /** In place of `confirm` while the action runs. */
  readonly confirming?: string;
  readonly dismiss?: string;
  /** Something is lost by it: then the other button has the focus. */
  readonly isDangerous?: boolean;
  readonly isDisabled?: boolean;
  /** Holds something that a person wrote: then a click beside it does not close it. */
  readonly isKept?: boolean;
  onClose(): void;
  action(): Promise<void>;
}

/** Shows a dialog as long as it is mounted; the first element with `data-autofocus` has the focus first. */
export function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    // Before it is removed: closing is what gives the focus back.
    return () => element?.close();
  }, []);
  return dialog;
}

/**
 * A modal dialog, shown as long as it is mounted: a question or a form, whose answer is an action. The first element with
 * `data-autofocus` has the focus first; afterwards it goes back to where it was.
 */
export function Dialog({ title, steps, children, className = '', confirm, action, onClose, ...look }: DialogProps) {
  const { t } = useTexts();
  const {
    confirming = confirm,
    dismiss = t.common.cancel,
    isDangerous = false,
    isDisabled = false,
    isKept = false,
  } = look;
  const { run, isRunning, error } = useAction(action);
  const dialog = useModal();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is for the backdrop
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        // React has it rise from a dialog within this one too.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current && !isKept) onClose();
      }}
    >
      <form
        className="dialog-body"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isDisabled) run();
        }}
      >
        <h2 id="dialog-title">{title}</h2>
        {steps && (
          <ul className="plain-steps" aria-label={t.startDialog.steps}>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ul>
        )}
        {children}
        <ErrorNote error={error} />
        <div className="dialog-buttons">
          <Button data-autofocus={isDangerous || undefined} onClick={onClose}>
            {dismiss}
          </Button>
          <Button
            type="submit"
            kind={isDangerous ? 'danger' : 'primary'}
            data-autofocus={!isDangerous || undefined}
            disabled={isRunning || isDisabled}
          >
            {isRunning ? confirming : confirm}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
