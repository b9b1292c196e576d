import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { useAction } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { Button } from './basics.tsx';
import { ErrorNote } from './errors.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly className?: string;
}

/**
 * A modal dialog, shown as long as it is mounted. The element with `data-autofocus` has the focus first; afterwards
 * it goes back to where it was.
 */
export function Dialog({ title, onClose, children, className = '' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    // Before it is removed: closing is what gives the focus back.
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is for the backdrop
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog-body">
        <h2 id="dialog-title">{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmDialogProps extends DialogProps {
  readonly confirm: string;
  /** In place of `confirm` while the action runs. */
  readonly confirming?: string;
  readonly dismiss?: string;
  /** Something is lost by it: then the other button has the focus. */
  readonly isDangerous?: boolean;
  action(): Promise<void>;
}

/** A question whose answer is an action. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { confirm, confirming = confirm, dismiss, isDangerous = false, action, children, ...dialog } = props;
  const { t } = useTexts();
  const { run, isRunning, error } = useAction(action);
  return (
    <Dialog {...dialog}>
      {children}
      <ErrorNote error={error} />
      <div className="dialog-buttons">
        <Button data-autofocus={isDangerous || undefined} onClick={dialog.onClose}>
          {dismiss ?? t.common.cancel}
        </Button>
        <Button
          kind={isDangerous ? 'danger' : 'primary'}
          data-autofocus={!isDangerous || undefined}
          disabled={isRunning}
          onClick={() => run()}
        >
          {isRunning ? confirming : confirm}
        </Button>
      </div>
    </Dialog>
  );
}
