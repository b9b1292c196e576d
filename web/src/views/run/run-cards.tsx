import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { Link } from 'wouter';
import { Button, Facts } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import { adviceOf, resultOf, savedOf } from '../../run/totals.ts';

export function Progress({ status, onCancel }: { status: ExecutionStatus; onCancel: () => void }) {
  const { t, format } = useTexts();
  const { progressPercentage: percentage, processedActions, totalActions, estimatedSecondsRemaining } = status;
  const retried = status.outcomes.filter(({ attempt }) => attempt !== undefined);
  const held = t.run.held(status.slowActions.length, retried.length);
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
          {processedActions === totalActions
            ? t.run.almost
            : t.run.remaining(format.duration(estimatedSecondsRemaining))}
        </span>
      </p>
      {held !== '' && <p className="soft">{held}</p>}
      {advice !== undefined && <p className="soft">{advice.running}</p>}
      <p className="soft">{t.run.canLeave}</p>
      <Button onClick={onCancel}>{t.run.cancel}</Button>
    </section>
  );
}

interface ResultProps {
  readonly status: ExecutionStatus;
  readonly withoutTasks: number;
  onRetry(): void;
}

export function Result({ status, withoutTasks, onRetry }: ResultProps) {
  const { t, format } = useTexts();
  const saved = savedOf(status);
  const { next } = resultOf(status, t);
  const advice = adviceOf(status, t);
  const seconds = status.stopDate === null ? 0 : (Date.parse(status.stopDate) - Date.parse(status.startDate)) / 1000;
  return (
    <section className="card result-card">
      <p>{next}</p>
      {advice !== undefined && <p className="soft">{advice.ended}</p>}
      <div className="buttons">
        {withoutTasks > 0 && status.status !== 'ABORTED' && (
          <Button kind={saved > 0 ? 'plain' : 'primary'} icon="retry" onClick={onRetry}>
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
