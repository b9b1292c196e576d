import type { Action, ExecutionStatus, Goal } from '@goal-activity/client/types.ts';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { GoalChart } from '../../chart/goal-chart.tsx';
import { BACK } from '../../come-back.ts';
import { Icon, Loading } from '../../components/basics.tsx';
import { ErrorPage } from '../../components/errors.tsx';
import { Legend } from '../../components/legend.tsx';
import { Ring } from '../../components/ring.tsx';
import { useLoad, useWhenShown } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import { milestone, type Phase, phasesOf } from '../../run/cells.ts';
import { doneOf } from '../../run/chart.ts';
import { needsAdministrator } from '../../run/failures.ts';
import { type Followed, useExecution } from '../../run/follow/use-execution.ts';
import { heldOf } from '../../run/totals.ts';
import { loadGoal, useServices } from '../../services.ts';
import { actionsWithTasks } from '../../tasks/ai-tasks.ts';
import { GoalDialogs } from '../dialogs/goal-dialogs.tsx';
import { ConnectionNote } from '../run/connection-note.tsx';
import { FailedList } from '../run/failures.tsx';
import { RunTime } from '../run/run-cards.tsx';
import { Actions } from './actions.tsx';
import { GoalHead } from './goal-head.tsx';

/** What is known of each action now: its tasks, and what its last run says of those without. Nothing of a goal never started. */
function phasesNow(goal: Goal, withTasks: ReadonlySet<string>, run: ExecutionStatus | undefined) {
  const inRun = run === undefined ? new Map<string, Phase>() : phasesOf(run);
  return ({ actionId }: Action): Phase | undefined => {
    if (withTasks.has(actionId)) return 'saved';
    const phase = inRun.get(actionId);
    // What a run saved may be gone by now, and one that was cancelled leaves an action as it was before.
    if (phase !== undefined && phase !== 'saved' && phase !== 'cancelled') return phase;
    return withTasks.size > 0 || goal.status === 'processing' ? 'idle' : undefined;
  };
}

/** Loads a goal with its tasks; while a run works on it, again with each tenth of it, at its end, and when the tab is shown. */
function useFreshGoal(goalId: string) {
  const { api } = useServices();
  const loaded = useLoad(goalId, (signal) => loadGoal(api, goalId, signal));
  const { data, reload } = loaded;
  const run = useExecution(data?.goal.executionArn ?? undefined);
  const { status } = run;
  const step = status?.status === 'RUNNING' ? milestone(0, status.progressPercentage) : status?.status;
  const seen = useRef(step);
  const isProcessing = data?.goal.status === 'processing';
  // biome-ignore lint/correctness/useExhaustiveDependencies: the goal itself is what is loaded again
  useEffect(() => {
    const hasGoneOn = seen.current !== undefined && seen.current !== step;
    const hasEndedUnseen = isProcessing && status !== undefined && status.status !== 'RUNNING';
    if (step !== undefined && (hasGoneOn || hasEndedUnseen)) reload();
    seen.current = step;
  }, [step, reload]);
  useWhenShown(reload);
  return { ...loaded, run };
}

/** The run that works on the goal, in short. */
function RunNow({ run: { status, answered, connection, askNow } }: { run: Followed }) {
  const { t } = useTexts();
  const held = status === undefined ? '' : heldOf(status, t);
  return (
    <>
      <ConnectionNote connection={connection} onNow={askNow} />
      <section className="card run-now" aria-label={t.run.progress}>
        <Ring percentage={status?.progressPercentage} label={t.run.progress} />
        <p>
          {status && <span>{t.run.processed(status.processedActions, status.totalActions)}</span>}
          {status && answered && (
            <span className="soft">
              <RunTime status={status} answered={answered} />
            </span>
          )}
          {held !== '' && <span className="soft">{held}</span>}
        </p>
      </section>
    </>
  );
}

export default function GoalView({ goalId }: { goalId: string }) {
  const { t } = useTexts();
  const [dialog, setDialog] = useState<'start' | 'retry' | Action>();
  const close = () => setDialog(undefined);
  const loaded = useFreshGoal(goalId);
  const { status: run, error: runError, connection } = loaded.run;
  if (loaded.data === undefined) {
    return loaded.error === undefined ? <Loading /> : <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  }
  const { goal, tasks } = loaded.data;
  const hasFailures = goal.executionArn !== null && (goal.status === 'partial' || goal.status === 'failed');
  // Their reasons are shown with the rest, so that nothing moves.
  if (hasFailures && run === undefined && runError === undefined && connection.state === 'ok') return <Loading />;
  const done = doneOf(tasks);
  const withTasks = actionsWithTasks(tasks);
  const without = goal.actions.length - withTasks.size;
  const failed = (hasFailures ? (run?.failedActions ?? []) : []).filter(
    ({ actionId }) => !withTasks.has(actionId) && goal.actions.some((action) => action.actionId === actionId),
  );
  const phaseOf = phasesNow(goal, withTasks, run);
  const phases = goal.actions.map(phaseOf).filter((phase) => phase !== undefined && phase !== 'saved');

  return (
    <>
      <p className="crumbs">
        <Link href={paths.goals} state={BACK}>
          <Icon name="back" /> {t.nav.goals}
        </Link>
      </p>
      <GoalHead
        goal={goal}
        tasks={tasks}
        without={without}
        isHopeless={run !== undefined && failed.length === without && needsAdministrator(run)}
        onOpen={setDialog}
        onChanged={loaded.reload}
      />
      {goal.status === 'processing' && <RunNow run={loaded.run} />}
      {goal.actions.length > 0 && (
        <>
          <div className="chart-layout">
            <GoalChart
              goal={goal}
              tasks={tasks}
              label={t.create.chart}
              legend={phases.length > 0 && <Legend phases={phases} />}
              run={run}
              phaseOf={phaseOf}
              doneOf={({ actionId }) => done.get(actionId)}
              onEdit={setDialog}
              onRetry={() => setDialog('retry')}
              onChanged={loaded.reload}
            />
          </div>
          {run && failed.length > 0 && (
            <FailedList
              heading={t.lastRun.title(failed.length)}
              status={run}
              failed={failed}
              goal={goal}
              onEdit={setDialog}
            />
          )}
          <Actions goal={goal} tasks={tasks} onEdit={setDialog} onChanged={loaded.reload} />
        </>
      )}
      <GoalDialogs
        dialog={dialog}
        goal={goal}
        executionArn={goal.executionArn}
        without={without}
        onClose={close}
        onChanged={loaded.reload}
      />
    </>
  );
}
