import type { Action, ExecutionStatus, Goal } from '@goal-activity/client/types.ts';
import { useState } from 'react';
import { Link } from 'wouter';
import { GoalChart } from '../../chart/goal-chart.tsx';
import { Icon, Loading } from '../../components/basics.tsx';
import { ErrorPage } from '../../components/errors.tsx';
import { Legend } from '../../components/legend.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import { type Phase, phasesOf } from '../../run/cells.ts';
import { doneOf } from '../../run/chart.ts';
import { useLastRun } from '../../run/use-last-run.ts';
import { loadGoal, useServices } from '../../services.ts';
import { actionsWithTasks } from '../../tasks/ai-tasks.ts';
import { GoalDialogs } from '../dialogs/goal-dialogs.tsx';
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

export default function GoalView({ goalId }: { goalId: string }) {
  const { t } = useTexts();
  const { api } = useServices();
  const [dialog, setDialog] = useState<'start' | 'retry' | Action>();
  const close = () => setDialog(undefined);
  const loaded = useLoad(goalId, (signal) => loadGoal(api, goalId, signal));
  const run = useLastRun(loaded.data?.goal.executionArn);
  if (loaded.error !== undefined) return <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  if (loaded.data === undefined) return <Loading />;
  const { goal, tasks } = loaded.data;
  const done = doneOf(tasks);
  const withTasks = actionsWithTasks(tasks);
  const without = goal.actions.length - withTasks.size;
  const phaseOf = phasesNow(goal, withTasks, run);
  const phases = goal.actions.map(phaseOf).filter((phase) => phase !== undefined && phase !== 'saved');

  return (
    <>
      <p className="crumbs">
        <Link href={paths.goals}>
          <Icon name="back" /> {t.nav.goals}
        </Link>
      </p>
      <GoalHead goal={goal} tasks={tasks} without={without} onOpen={setDialog} onChanged={loaded.reload} />
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
