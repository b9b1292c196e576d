import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { Link } from 'wouter';
import { Button, Facts } from '../../components/basics.tsx';
import { useNow } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import { needsAdministrator } from '../../run/failures.ts';
import { type Answered, timeOf } from '../../run/follow/estimate.ts';
import { adviceOf, heldOf, isCancelled, resultOf, savedOf } from '../../run/totals.ts';

interface TimeProps {
  readonly status: ExecutionStatus;
  readonly answered: Answered;
}

/** How long a run will take as far as that is known, and how long it has taken. */
export function RunTime({ status, answered }: TimeProps) {
  const { t, format } = useTexts();
  const { left, elapsed } = timeOf(status, answered, useNow());
  if (left !== undefined) return t.run.remaining(format.duration(left));
  const hasProcessedAll = status.processedActions === status.totalActions;
  return [...(hasProcessedAll ? [t.run.finishing] : []), t.run.elapsed(format.duration(elapsed))].join(', ');
}

export function Progress({ status, answered, onCancel }: TimeProps & { onCancel: () => void }) {
  const { t } = useTexts();
  const { progressPercentage: percentage, processedActions, totalActions } = status;
  const held = heldOf(status, t);
  const advice = adviceOf(status, t);
  return (
    <section className="card progress-card" aria-label={t.run.progress}>
      <p className="percentage">{percentage}%</p>
      <progress
        value={percentage}
        max={100}
        aria-label={t.run.progress}
        aria-valuetext={t.run.announce(percentage, processedActions, totalActions)}
      />
      <p className="progress-facts">
        <span>{t.run.processed(processedActions, totalActions)}</span>
        <span>
          <RunTime status={status} answered={answered} />
        </span>
      </p>
      {held !== '' && <p className="soft">{held}</p>}
      {advice !== undefined && <p className="soft">{advice.running}</p>}
      <p className="soft">{t.run.canLeave}</p>
      <Button onClick={onCancel}>{t.run.cancel}</Button>
    </section>
  );
}

/** Leads from an old run of a goal to its newest one. */
export function NewerRun({ executionArn }: { executionArn: string }) {
  const { t } = useTexts();
  return (
    <p className="note note-info newer-run">
      <span>
        {t.later.title} <Link href={paths.run(executionArn)}>{t.later.link}</Link>
      </span>
    </p>
  );
}

interface ResultProps {
  readonly status: ExecutionStatus;
  readonly withoutTasks: number;
  /** The newest run of the goal; null if that is this one. */
  readonly newerRun: string | null;
  onRetry(): void;
}

export function Result({ status, withoutTasks, newerRun, onRetry }: ResultProps) {
  const { t, format } = useTexts();
  const saved = savedOf(status);
  const { next } = resultOf(status, t);
  const advice = adviceOf(status, t);
  const seconds = status.stopDate === null ? 0 : (Date.parse(status.stopDate) - Date.parse(status.startDate)) / 1000;
  const isHelpful = saved === 0 && !needsAdministrator(status);
  return (
    <section className="card result-card">
      <p>{next}</p>
      {advice !== undefined && <p className="soft">{advice.ended}</p>}
      {newerRun !== null && <NewerRun executionArn={newerRun} />}
      <div className="buttons">
        {withoutTasks > 0 && newerRun === null && !isCancelled(status) && (
          <Button kind={isHelpful ? 'primary' : 'plain'} icon="retry" onClick={onRetry}>
            {t.goal.retry(withoutTasks)}
          </Button>
        )}
        <Link className={`button ${saved > 0 ? 'button-primary' : 'button-plain'}`} href={paths.goal(status.goalId)}>
          {saved > 0 ? t.run.goToGoal : t.run.backToGoal}
        </Link>
      </div>
      <Facts
        facts={[
          [t.run.started, format.dateTime(status.startDate)],
          [t.run.took, format.duration(seconds)],
        ]}
      />
    </section>
  );
}

export function CostCard({ status: { cost } }: { status: ExecutionStatus }) {
  const { t, format } = useTexts();
  return (
    <section className="card">
      <h2>{t.run.cost}</h2>
      <Facts
        facts={[
          [t.run.money, format.money(cost.estimatedUsd)],
          [t.run.calls, format.number(cost.aiCalls)],
          [t.run.tokensIn, format.number(cost.inputTokens)],
          [t.run.tokensOut, format.number(cost.outputTokens)],
        ]}
      />
      <p className="hint">{t.run.moneyNote}</p>
    </section>
  );
}
