import type { Action, ExecutionStatus, FailedAction, Goal } from '@goal-activity/client/types.ts';
import { Button, Icon } from '../../components/basics.tsx';
import { FailureText, kindOf } from '../../components/failure-text.tsx';
import { useTexts } from '../../i18n/context.tsx';
import type { FailureKind } from '../../run/failures.ts';

interface FailedListProps {
  readonly status: ExecutionStatus;
  readonly goal: Goal;
  onEdit(action: Action): void;
  onRetry(): void;
}

interface GroupProps extends Omit<FailedListProps, 'onRetry'> {
  readonly kind: FailureKind;
  readonly failed: readonly FailedAction[];
}

/** What failed for one reason; what the workflow noted is there for those who run the service. */
function FailureGroup({ kind, failed, goal, status, onEdit }: GroupProps) {
  const { t } = useTexts();
  const noted = failed.map(({ error, reason }) => (reason === '' ? error : `${error}: ${reason}`));
  return (
    <li className="failure">
      <div className="failure-head">
        <Icon name="failed" />
        <FailureText kind={kind} />
      </div>
      <ul className="failed-titles">
        {failed.map(({ actionId, title: titleThen }) => {
          const action = goal.actions.find((each) => each.actionId === actionId);
          const title = action?.title ?? titleThen;
          return (
            <li key={actionId}>
              <span className="failure-title">{title}</span>
              {status.status !== 'RUNNING' && action && (
                <Button kind="quiet" icon="edit" aria-label={t.goal.editAction(title)} onClick={() => onEdit(action)}>
                  {t.goal.edit}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <details className="technical">
        <summary>{t.run.technical}</summary>
        {[...new Set(noted)].map((text) => (
          <code key={text}>{text}</code>
        ))}
      </details>
    </li>
  );
}

/** What failed, by reason. */
export function FailedList(props: FailedListProps) {
  const { t } = useTexts();
  const { failedActions, status } = props.status;
  const isEnded = status !== 'RUNNING';
  return (
    <section className="failed-actions" aria-labelledby="failed-heading">
      <div className="section-head">
        <div>
          <h2 id="failed-heading">{t.run.failedTitle(failedActions.length)}</h2>
          {isEnded && <p className="soft">{t.run.failedIntro}</p>}
        </div>
        {isEnded && (
          <Button kind="primary" icon="retry" onClick={props.onRetry}>
            {t.goal.retry(failedActions.length)}
          </Button>
        )}
      </div>
      <ul className="failures">
        {[...Map.groupBy(failedActions, kindOf)].map(([kind, failed]) => (
          <FailureGroup key={kind} kind={kind} failed={failed} {...props} />
        ))}
      </ul>
    </section>
  );
}
