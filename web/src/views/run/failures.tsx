import type { Action, ExecutionStatus, FailedAction, Goal } from '@goal-activity/client/types.ts';
import { Button, Icon } from '../../components/basics.tsx';
import { FailureText } from '../../components/failure-text.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { langOf } from '../../i18n/own-text.ts';
import { type FailureKind, failureKind, needsAdministrator } from '../../run/failures.ts';
import { type Later, laterOf } from '../../run/history/later.ts';

interface FailedListProps {
  readonly status: ExecutionStatus;
  readonly failed: readonly FailedAction[];
  readonly heading: string;
  readonly goal: Goal;
  /** What became of them since, if this is not the goal's newest run: then nothing can be done here. */
  readonly later?: Later | undefined;
  onEdit(action: Action): void;
  onRetry?(): void;
}

interface GroupProps extends Omit<FailedListProps, 'onRetry' | 'heading'> {
  readonly kind: FailureKind;
}

/** What failed for one reason; what the workflow noted is there for those who run the service. */
function FailureGroup({ kind, failed, goal, status, later, onEdit }: GroupProps) {
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
              <span className="failure-title" lang={langOf(title)}>
                {title}
              </span>
              {later && <span className="soft later">{laterOf(actionId, later, t)}</span>}
              {status.status !== 'RUNNING' && action && !later && (
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
export function FailedList({ heading, onRetry, ...props }: FailedListProps) {
  const { t } = useTexts();
  const { failed, status, later } = props;
  const isEnded = status.status !== 'RUNNING';
  const isHopeless = needsAdministrator(status);
  return (
    <section className="failed-actions" aria-labelledby="failed-heading">
      <div className="section-head">
        <div>
          <h2 id="failed-heading">{heading}</h2>
          {isEnded && (later || !isHopeless) && <p className="soft">{later ? t.later.intro : t.run.failedIntro}</p>}
        </div>
        {isEnded && !later && onRetry && (
          <Button kind={isHopeless ? 'plain' : 'primary'} icon="retry" onClick={onRetry}>
            {t.goal.retry(failed.length)}
          </Button>
        )}
      </div>
      <ul className="failures">
        {[...Map.groupBy(failed, (each) => failureKind(each, status))].map(([kind, group]) => (
          <FailureGroup key={kind} {...props} kind={kind} failed={group} />
        ))}
      </ul>
    </section>
  );
}
