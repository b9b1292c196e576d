import { type ComponentProps, type MouseEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { ApiError } from '../api/errors.ts';
import type { ExecutionState, GoalStatus } from '../api/types.ts';
import { useTexts } from '../i18n/context.tsx';
import { explain } from '../i18n/explain.ts';
import { navigate, paths, takeNavigated } from '../router.ts';
import { Icon, type IconName } from './icons.tsx';

type ButtonProps = ComponentProps<'button'> & { kind?: 'primary' | 'plain' | 'quiet' | 'danger'; icon?: IconName };

export function Button({ kind = 'plain', icon, className = '', children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} className={`button button-${kind} ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

type LinkProps = ComponentProps<'a'> & { href: string };

/** A link within the page. Opening it in another tab works as for any link. */
export function Link({ href, onClick, ...rest }: LinkProps) {
  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    ) {
      return;
    }
    event.preventDefault();
    navigate(href);
  }
  return <a href={href} onClick={follow} {...rest} />;
}

/** The heading of a view: names the tab, and takes the focus after a navigation, so that a screen reader reads it. */
export function Heading({ children, title }: { children: ReactNode; title: string }) {
  const { t } = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t.appName}`;
  }, [title, t]);
  useEffect(() => {
    if (takeNavigated()) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

export function Loading() {
  const { t } = useTexts();
  return (
    <p className="loading" role="status">
      <Icon name="generating" /> {t.common.loading}
    </p>
  );
}

/** What went wrong and what to do, with a button to do it again. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTexts();
  if (error === undefined) return null;
  const { what, next } = explain(error, t, navigator.onLine);
  return (
    <div className="note note-error" role="alert">
      <Icon name="failed" />
      <div>
        <p>
          <strong>{what}</strong> {next}
        </p>
        {onRetry && (
          <Button kind="quiet" onClick={onRetry}>
            {t.common.retry}
          </Button>
        )}
      </div>
    </div>
  );
}

/** In place of a view that could not be loaded. */
export function ErrorPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTexts();
  const { what, next } = explain(error, t, navigator.onLine);
  const isMissing = error instanceof ApiError && error.status === 404;
  return (
    <div className="empty error-page" role="alert">
      <Icon name={isMissing ? 'waiting' : 'failed'} />
      <Heading title={what}>{what}</Heading>
      <p className="lead">{next}</p>
      <div className="buttons">
        {!isMissing && (
          <Button kind="primary" icon="retry" onClick={onRetry}>
            {t.common.retry}
          </Button>
        )}
        <Link className={`button ${isMissing ? 'button-primary' : 'button-plain'}`} href={paths.goals}>
          {t.goals.title}
        </Link>
      </div>
    </div>
  );
}

const RUN_TONES: Readonly<Record<ExecutionState, readonly [IconName, string]>> = {
  RUNNING: ['generating', 'accent'],
  SUCCEEDED: ['saved', 'accent'],
  PARTIALLY_SUCCEEDED: ['partial', 'warning'],
  FAILED: ['failed', 'danger'],
  TIMED_OUT: ['clock', 'danger'],
  ABORTED: ['cancelled', 'neutral'],
};
const GOAL_TONES: Readonly<Record<GoalStatus, readonly [IconName, string]>> = {
  draft: ['waiting', 'neutral'],
  processing: ['generating', 'accent'],
  active: ['saved', 'accent'],
  partial: ['partial', 'warning'],
  failed: ['failed', 'danger'],
};

function Badge({ tone: [icon, tone], children }: { tone: readonly [IconName, string]; children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

export function RunBadge({ status }: { status: ExecutionState }) {
  return <Badge tone={RUN_TONES[status]}>{useTexts().t.runStatus[status]}</Badge>;
}

export function GoalBadge({ status }: { status: GoalStatus }) {
  return <Badge tone={GOAL_TONES[status]}>{useTexts().t.goalStatus[status]}</Badge>;
}

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
