import { useEffect, useRef, useState } from 'react';
import { announce } from '../announcer.tsx';
import type { Action, ExecutionStatus } from '../api/types.ts';
import { ErrorPage, Heading, Link, Loading, RunBadge } from '../components/basics.tsx';
import { Icon } from '../components/icons.tsx';
import { Legend, Mandala } from '../components/mandala.tsx';
import { useTexts } from '../i18n/context.tsx';
import { paths } from '../router.ts';
import { milestone, type Phase, phasesOf } from '../run/cells.ts';
import { goalChart } from '../run/chart.ts';
import { savedOf, tasksOf } from '../run/totals.ts';
import { useExecution } from '../run/use-execution.ts';
import { useLoad, useServices } from '../services.tsx';
import { ConnectionNote } from './connection-note.tsx';
import { Chosen, FailedList } from './failures.tsx';
import { CostCard, Progress, Result } from './run-cards.tsx';
import { CancelDialog, EditDialog, RetryDialog } from './run-dialogs.tsx';
import { Timeline } from './timeline.tsx';

/** What a screen reader is told: each ten percent, new failures, and the end. */
function useAnnouncements(status: ExecutionStatus | undefined): void {
  const { t } = useTexts();
  const told = useRef<{ step?: number; failed: number; ended: boolean }>({ failed: 0, ended: false });
  useEffect(() => {
    if (status === undefined) return;
    const { progressPercentage, processedActions, totalActions, failedActions } = status;
    const previous = told.current;
    if (status.status !== 'RUNNING') {
      const { what, next } = t.run.result(status.status, savedOf(status), totalActions, tasksOf(status));
      if (!previous.ended) announce(`${what}. ${next}`);
      told.current = { ...previous, ended: true };
      return;
    }
    const step = milestone(previous.step, progressPercentage);
    const failed = failedActions.length;
    if (step === undefined && failed <= previous.failed) return;
    const texts = [t.run.announce(progressPercentage, processedActions, totalActions)];
    if (failed > previous.failed) texts.push(t.run.announceFailed(failed));
    announce(texts.join('. '));
    told.current = { step: step ?? previous.step ?? 0, failed, ended: false };
  }, [status, t]);
}

export default function RunView({ executionArn }: { executionArn: string }) {
  const { t } = useTexts();
  const { api } = useServices();
  const { status, connection, error, pollNow, restart } = useExecution(executionArn);
  const [selected, setSelected] = useState<string>();
  const [dialog, setDialog] = useState<'cancel' | 'retry' | Action>();
  const goalId = status?.goalId;
  const isEnded = status !== undefined && status.status !== 'RUNNING';
  const goalKey = goalId === undefined ? '' : `${goalId} ${isEnded}`;
  const loaded = useLoad(goalKey, async (signal) => {
    if (goalId === undefined) return undefined;
    const path = { goalId };
    const [goal, { tasks }] = await Promise.all([
      api.call('GET /api/goals/{goalId}', { path, signal }),
      api.call('GET /api/goals/{goalId}/tasks', { path, signal }),
    ]);
    return { goal, withTasks: new Set(tasks.map(({ actionId }) => actionId)) };
  });
  // Kept while it is loaded again at the end of the run, so that the chart does not vanish for a moment.
  const shown = useRef(loaded.data);
  if (loaded.data !== undefined) shown.current = loaded.data;
  useAnnouncements(status);

  if (error !== undefined) return <ErrorPage error={error} onRetry={restart} />;
  if (status === undefined) {
    return (
      <>
        <Loading />
        <ConnectionNote connection={connection} onNow={pollNow} />
      </>
    );
  }
  if (shown.current === undefined) {
    return loaded.error === undefined ? <Loading /> : <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  }
  const { goal, withTasks } = shown.current;
  const phases = phasesOf(status);
  const phaseOf = ({ actionId }: Action): Phase =>
    phases.get(actionId) ?? (withTasks.has(actionId) ? 'earlier' : 'idle');
  const chart = goalChart(goal, phaseOf, t);
  const chosen = goal.actions.find(({ actionId }) => actionId === selected);
  const withoutTasks = goal.actions.filter(({ actionId }) => !withTasks.has(actionId)).length;

  return (
    <>
      <p className="crumbs">
        <Link href={paths.goal(goal.goalId)}>
          <Icon name="back" /> {goal.title}
        </Link>
      </p>
      <div className="page-head">
        <Heading title={`${t.run.title}: ${goal.title}`}>
          {t.run.result(status.status, savedOf(status), status.totalActions, tasksOf(status)).what}
        </Heading>
        <RunBadge status={status.status} />
      </div>
      <ConnectionNote connection={connection} onNow={pollNow} />
      <div className="run-layout">
        <div className="run-side">
          {isEnded ? (
            <Result status={status} withoutTasks={withoutTasks} onRetry={() => setDialog('retry')} />
          ) : (
            <Progress status={status} onCancel={() => setDialog('cancel')} />
          )}
          <CostCard status={status} />
        </div>
        <section className="run-chart" aria-label={t.run.chart}>
          <Legend phases={goal.actions.map(phaseOf)} />
          <Mandala label={t.run.chart} hint={t.run.chartHint} {...chart} selected={selected} onSelect={setSelected} />
          <Chosen
            action={chosen}
            phase={chosen === undefined ? 'idle' : phaseOf(chosen)}
            failed={status.failedActions.find(({ actionId }) => actionId === selected)}
          />
        </section>
      </div>
      {status.failedActions.length > 0 && (
        <FailedList status={status} goal={goal} onEdit={setDialog} onRetry={() => setDialog('retry')} />
      )}
      {isEnded && <Timeline executionArn={executionArn} goal={goal} />}
      {isEnded && (
        <p className="links">
          <Link href={paths.historyOf(goal.goalId)}>{t.run.runs}</Link>
        </p>
      )}
      {dialog === 'cancel' && !isEnded && (
        <CancelDialog
          executionArn={executionArn}
          taskCount={tasksOf(status)}
          onClose={() => setDialog(undefined)}
          onCancelled={() => {
            setDialog(undefined);
            pollNow();
          }}
        />
      )}
      {dialog === 'retry' && (
        <RetryDialog
          executionArn={executionArn}
          goalId={goal.goalId}
          count={withoutTasks}
          onClose={() => setDialog(undefined)}
        />
      )}
      {typeof dialog === 'object' && (
        <EditDialog
          goalId={goal.goalId}
          action={dialog}
          onClose={() => setDialog(undefined)}
          onSaved={() => {
            setDialog(undefined);
            loaded.reload();
          }}
        />
      )}
    </>
  );
}
