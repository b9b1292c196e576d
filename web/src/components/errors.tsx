import { ApiError } from '@goal-activity/client/errors.ts';
import { Component, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useTexts } from '../i18n/context.tsx';
import { explain } from '../i18n/explain.ts';
import { paths } from '../paths.ts';
import { MissingView } from '../views-ahead.ts';
import { Button, Heading, Icon } from './basics.tsx';
import { MissingViewNote } from './missing-view.tsx';

interface ErrorNoteProps {
  readonly error: unknown;
  /** What did not work, where that cannot be seen. */
  readonly failed?: string;
  onRetry?(): void;
}

/** What went wrong and what to do, with a button to do it again. */
export function ErrorNote({ error, failed, onRetry }: ErrorNoteProps) {
  const { t } = useTexts();
  if (error === undefined) return null;
  const { what, next } = explain(error, t, navigator.onLine);
  return (
    <div className="note note-error" role="alert">
      <Icon name="failed" />
      <div>
        <p>
          {failed} <strong>{what}</strong> {next}
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
      <Heading title={what} />
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

/** Says so when a view cannot be shown: its code did not arrive, or the API answered something else than it promises. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override readonly state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error instanceof MissingView) return <MissingViewNote />;
    return error === undefined ? this.props.children : <ErrorPage error={error} onRetry={() => location.reload()} />;
  }
}
