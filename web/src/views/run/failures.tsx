import type { Action, ExecutionStatus, FailedAction, Goal } from '@goal-activity/client/types.ts';
import { Button, Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import type { Phase } from '../../run/cells.ts';
import { type FailureKind, failureKind } from '../../run/failures.ts';

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

interface ChosenProps {
  readonly action: Action | undefined;
  readonly failed: FailedAction | undefined;
  phaseOf(action: Action): Phase;
}

/** The chosen cell's action, since a cell is too small for all of it. */
export function Chosen({ action, phaseOf, failed }: ChosenProps) {
  const { t } = useTexts();
  const phase = action && phaseOf(action);
  return (
    <section className="chosen" aria-label={t.run.selected} aria-live="polite">
      {phase === undefined ? (
        <p className="soft">{t.run.nothingSelected}</p>
      ) : (
        <>
          <p className="soft">
            {action?.subGoal && <span>{action.subGoal} · </span>}
            <span className="chosen-phase" data-phase={phase}>
              <Icon name={phase} /> {t.phase[phase]}
            </span>
          </p>
          <p className="chosen-title">{action?.title}</p>
          {failed && <FailureText kind={kindOf(failed)} />}
        </>
      )}
    </section>
  );
}

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
