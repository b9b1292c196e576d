import type { Action, ExecutionStatus, Goal } from '@goal-activity/client/types.ts';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { announce } from '../../announcer.tsx';
import { GoalChart } from '../../chart/goal-chart.tsx';
import { BACK } from '../../come-back.ts';
import { Badge, Heading, Icon, Loading } from '../../components/basics.tsx';
import { ErrorPage } from '../../components/errors.tsx';
import { Legend } from '../../components/legend.tsx';
import { useLoad, useWhenShown } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { langOf } from '../../i18n/own-text.ts';
import { paths } from '../../paths.ts';
import { milestone, type Phase, phasesOf } from '../../run/cells.ts';
import { useEndNotice } from '../../run/end-notice.ts';
import type { Answered } from '../../run/follow/estimate.ts';
import { type Followed, useExecution } from '../../run/follow/use-execution.ts';
import { useLastRun } from '../../run/follow/use-last-run.ts';
import { resultOf, tasksOf } from '../../run/totals.ts';
import { type GoalWithTasks, loadGoal, useServices } from '../../services.ts';
import { actionsWithTasks } from '../../tasks/ai-tasks.ts';
import { CancelDialog } from '../dialogs/cancel-dialog.tsx';
import { GoalDialogs } from '../dialogs/goal-dialogs.tsx';
import { ConnectionNote } from './connection-note.tsx';
import { FailedList } from './failures.tsx';
import { NoticeOffer } from './notice-offer.tsx';
import { CostCard, Progress, Result } from './run-cards.tsx';
import { Timeline } from './timeline.tsx';

/** What a screen reader is told: each ten percent, new failures, and the end. */
function useAnnouncements(status: ExecutionStatus | undefined): void {
  const { t } = useTexts();
  const told = useRef({ step: -1, failed: 0, ended: false });
  useEffect(() => {
    if (status === undefined || told.current.ended) return;
    const { progressPercentage, processedActions, totalActions, failedActions } = status;
    const { step, failed } = told.current;
    const next = { step: milestone(step, progressPercentage), failed: failedActions.length, ended: false };
    if (status.status !== 'RUNNING') {
      const result = resultOf(status, t);
      announce(`${result.what}. ${result.next}`);
      next.ended = true;
    } else if (next.step > step || next.failed > failed) {
      const texts = [t.run.announce(progressPercentage, processedActions, totalActions)];
      if (next.failed > failed) texts.push(t.run.announceFailed(next.failed));
      announce(texts.join('. '));
    }
    told.current = next;
  }, [status, t]);
}

/** Loads the execution's goal with its tasks, and again once the execution has ended. */
function useGoalOf(status: ExecutionStatus | undefined) {
  const { api } = useServices();
  const goalId = status?.goalId;
  const isEnded = status !== undefined && status.status !== 'RUNNING';
  const loaded = useLoad(goalId === undefined ? '' : `${goalId} ${isEnded}`, async (signal) =>
    goalId === undefined ? undefined : loadGoal(api, goalId, signal),
  );
  // The goal stays until it has loaded again, so that the chart does not vanish at the end of the run.
  const shown = useRef(loaded.data);
  if (loaded.data !== undefined) shown.current = loaded.data;
  return { ...loaded, data: shown.current };
}

interface RunProps extends GoalWithTasks, Pick<Followed, 'connection' | 'askNow'> {
  readonly status: ExecutionStatus;
  readonly answered: Answered;
  onChanged(): void;
}

function RunHead({ status, goal }: { status: ExecutionStatus; goal: Goal }) {
  const { t } = useTexts();
  const title = `${t.run.title}: ${goal.title}`;
  return (
    <>
      <p className="crumbs">
        <Link href={paths.goal(goal.goalId)} state={BACK}>
          <Icon name="back" /> <span lang={langOf(goal.title)}>{goal.title}</span>
        </Link>
      </p>
      <div className="page-head">
        <Heading title={status.status === 'RUNNING' ? `${status.progressPercentage}% · ${title}` : title}>
          {resultOf(status, t).what}
        </Heading>
        <Badge status={status.status} />
      </div>
    </>
  );
}

/** How an action stands in the run. */
function phaseIn(status: ExecutionStatus, tasks: GoalWithTasks['tasks']): (action: Action) => Phase {
  const phases = phasesOf(status);
  const withTasks = actionsWithTasks(tasks);
  return ({ actionId }) => phases.get(actionId) ?? (withTasks.has(actionId) ? 'earlier' : 'idle');
}

/** Whether the run ended before the person's eyes, with something saved; not of a run that was over when it was opened. */
function useJoy(status: ExecutionStatus): boolean {
  const wasSeenRunning = useRef(false);
  if (status.status === 'RUNNING') wasSeenRunning.current = true;
  const hasWorked = status.status === 'SUCCEEDED' || status.status === 'PARTIALLY_SUCCEEDED';
  return wasSeenRunning.current && hasWorked;
}

/** How many actions of the goal have no tasks. */
function countWithout({ status, outcomes }: ExecutionStatus, { goal, tasks }: GoalWithTasks): number {
  // Until the goal has been read again, the run itself knows what it has saved.
  const isUnread = status !== 'RUNNING' && goal.status === 'processing';
  const saved = outcomes.filter(({ outcome }) => isUnread && outcome === 'SAVED').map(({ actionId }) => actionId);
  return goal.actions.length - new Set([...actionsWithTasks(tasks), ...saved]).size;
}

interface BoardProps extends Pick<RunProps, 'status' | 'answered' | 'goal' | 'tasks' | 'onChanged'> {
  readonly without: number;
  readonly newerRun: string | null;
  onOpen(dialog: 'cancel' | 'retry' | Action): void;
}

/** The chart as it stands in the run, with how far that is, what came of it, and what it has cost. */
function Board({ status, answered, goal, tasks, without, newerRun, onOpen, onChanged }: BoardProps) {
  const { t } = useTexts();
  const phaseOf = phaseIn(status, tasks);
  const isJoyful = useJoy(status);
  const notice = useEndNotice(status, goal);
  const retry = () => onOpen('retry');
  return (
    <div className="chart-layout run-layout">
      <div className="run-state">
        {status.status === 'RUNNING' ? (
          <>
            <Progress status={status} answered={answered} onCancel={() => onOpen('cancel')} />
            <NoticeOffer {...notice} />
          </>
        ) : (
          <Result status={status} withoutTasks={without} newerRun={newerRun} onRetry={retry} />
        )}
      </div>
      <GoalChart
        goal={goal}
        tasks={tasks}
        label={t.run.chart}
        legend={<Legend phases={goal.actions.map(phaseOf)} />}
        run={status}
        isJoyful={isJoyful}
        phaseOf={phaseOf}
        onEdit={onOpen}
        onRetry={retry}
        onChanged={onChanged}
      />
      <div className="run-cost">
        <CostCard status={status} />
      </div>
    </div>
  );
}

function Run({ status, answered, connection, askNow, goal, tasks, onChanged }: RunProps) {
  const { t } = useTexts();
  const [dialog, setDialog] = useState<'cancel' | 'retry' | Action>();
  const { executionArn, failedActions } = status;
  const isEnded = status.status !== 'RUNNING';
  const without = countWithout(status, { goal, tasks });
  const newerRun = goal.executionArn === executionArn ? null : goal.executionArn;
  const newest = useLastRun(newerRun);
  const later = newerRun === null ? undefined : { goal, tasks, newest };
  const board = { status, answered, goal, tasks, without, newerRun, onChanged };
  const close = () => setDialog(undefined);

  return (
    <>
      <RunHead status={status} goal={goal} />
      <ConnectionNote connection={connection} onNow={askNow} />
      <Board {...board} onOpen={setDialog} />
      {failedActions.length > 0 && (
        <FailedList
          heading={t.run.failedTitle(failedActions.length)}
          status={status}
          failed={failedActions}
          goal={goal}
          later={later}
          onEdit={setDialog}
          onRetry={() => setDialog('retry')}
        />
      )}
      {isEnded && (
        <>
          <Timeline status={status} goal={goal} />
          <p className="links">
            <Link href={paths.historyOf(goal.goalId)}>{t.run.runs}</Link>
          </p>
        </>
      )}
      {dialog === 'cancel' && !isEnded && (
        <CancelDialog executionArn={executionArn} taskCount={tasksOf(status)} onClose={close} onCancelled={askNow} />
      )}
      <GoalDialogs
        dialog={dialog}
        goal={goal}
        executionArn={executionArn}
        without={without}
        onClose={close}
        onChanged={onChanged}
      />
    </>
  );
}

export default function RunView({ executionArn }: { executionArn: string }) {
  const { status, answered, connection, error, askNow, restart } = useExecution(executionArn);
  const loaded = useGoalOf(status);
  useWhenShown(loaded.reload);
  useAnnouncements(status);
  if (error !== undefined) return <ErrorPage error={error} onRetry={restart} />;
  if (status === undefined || answered === undefined) {
    return (
      <>
        <Loading />
        <ConnectionNote connection={connection} onNow={askNow} />
      </>
    );
  }
  if (loaded.data === undefined) {
    return loaded.error === undefined ? <Loading /> : <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  }
  const followed = { status, answered, connection, askNow };
  return <Run {...followed} {...loaded.data} onChanged={loaded.reload} />;
}
