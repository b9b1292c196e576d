import type { Action, ExecutionStatus, FailedAction, Goal } from '../api/types.ts';
import { Button } from '../components/basics.tsx';
import { Icon } from '../components/icons.tsx';
import { useTexts } from '../i18n/context.tsx';
import type { Phase } from '../run/cells.ts';
import { type FailureKind, failureKind } from '../run/failures.ts';

const kindOf = ({ error, reason }: FailedAction): FailureKind => failureKind(error, reason);

/** Why an action failed, in words. */
function FailureText({ kind }: { kind: FailureKind }) {
  const { what, next } = useTexts().t.failure[kind];
  return (
    <p>
      <strong>{what}</strong> {next}
    </p>
  );
}

/** The chosen cell's action, since a cell is too small for all of it. */
export function Chosen({
  action,
  phase,
  failed,
}: {
  action: Action | undefined;
  phase: Phase;
  failed: FailedAction | undefined;
}) {
  const { t } = useTexts();
  return (
    <section className="chosen" aria-label={t.run.selected} aria-live="polite">
      {action === undefined ? (
        <p className="soft">{t.run.nothingSelected}</p>
      ) : (
        <>
          <p className="soft">
            {action.subGoal !== null && <span>{action.subGoal} · </span>}
            <span className="chosen-phase" data-phase={phase}>
              <Icon name={phase} /> {t.phase[phase]}
            </span>
          </p>
          <p className="chosen-title">{action.title}</p>
          {failed && <FailureText kind={kindOf(failed)} />}
        </>
      )}
    </section>
  );
}

/** What failed, by reason; what the workflow noted is there for those who run the service. */
interface FailedListProps {
  readonly status: ExecutionStatus;
  readonly goal: Goal;
  onEdit(action: Action): void;
  onRetry(): void;
}

export function FailedList({ status, goal, onEdit, onRetry }: FailedListProps) {
  const { t } = useTexts();
  const { failedActions } = status;
  const actions = new Map(goal.actions.map((action) => [action.actionId, action]));
  const isEnded = status.status !== 'RUNNING';
  return (
    <section className="failed-actions" aria-labelledby="failed-heading">
      <div className="section-head">
        <div>
          <h2 id="failed-heading">{t.run.failedTitle(failedActions.length)}</h2>
          {isEnded && <p className="soft">{t.run.failedIntro}</p>}
        </div>
        {isEnded && (
          <Button kind="primary" icon="retry" onClick={onRetry}>
            {t.goal.retry(failedActions.length)}
          </Button>
        )}
      </div>
      <ul className="failures">
        {[...Map.groupBy(failedActions, kindOf)].map(([kind, group]) => (
          <li key={kind} className="failure">
            <div className="failure-head">
              <Icon name="failed" />
              <FailureText kind={kind} />
            </div>
            <ul className="failed-titles">
              {group.map(({ actionId, title: titleThen }) => {
                const action = actions.get(actionId);
                const title = action?.title ?? titleThen;
                return (
                  <li key={actionId}>
                    <span className="failure-title">{title}</span>
                    {isEnded && action && (
                      <Button
                        kind="quiet"
                        icon="edit"
                        aria-label={t.goal.editAction(title)}
                        onClick={() => onEdit(action)}
                      >
                        {t.goal.edit}
                      </Button>
                    )}
                  </li>
                );
              })}
            </ul>
            <details className="technical">
              <summary>{t.run.technical}</summary>
              {[...new Set(group.map(({ error, reason }) => (reason === '' ? error : `${error}: ${reason}`)))].map(
                (text) => (
                  <code key={text}>{text}</code>
                ),
              )}
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
