import type { Action } from '@goal-activity/client/types.ts';
import { useState } from 'react';
import { Link } from 'wouter';
import { Icon, Loading } from '../../components/basics.tsx';
import { ErrorPage } from '../../components/errors.tsx';
import { Legend, Mandala } from '../../components/mandala.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import { goalChart } from '../../run/chart.ts';
import { loadGoal, useServices } from '../../services.ts';
import { isMadeByAi } from '../../tasks/task-changes.ts';
import { GoalDialogs } from '../dialogs/goal-dialogs.tsx';
import { Actions, showAction } from './actions.tsx';
import { GoalHead } from './goal-head.tsx';

export default function GoalView({ goalId }: { goalId: string }) {
  const { t } = useTexts();
  const { api } = useServices();
  const [dialog, setDialog] = useState<'start' | 'retry' | Action>();
  const [selected, setSelected] = useState<string>();
  const close = () => setDialog(undefined);
  const loaded = useLoad(goalId, (signal) => loadGoal(api, goalId, signal));
  if (loaded.error !== undefined) return <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  if (loaded.data === undefined) return <Loading />;
  const { goal, tasks } = loaded.data;
  // A task that a person added does not keep the AI away from its action.
  const withTasks = new Set(tasks.filter(isMadeByAi).map(({ actionId }) => actionId));
  const phaseOf = ({ actionId }: Action) => (withTasks.has(actionId) ? 'saved' : 'idle');
  const without = goal.actions.length - withTasks.size;
  const hasTasks = tasks.length > 0;

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
          <section aria-label={t.create.chart}>
            {hasTasks && <Legend phases={goal.actions.map(phaseOf)} />}
            <Mandala
              label={t.create.chart}
              hint={t.run.chartHint}
              {...goalChart(goal, hasTasks ? phaseOf : () => undefined, t)}
              selected={selected}
              onSelect={(actionId) => {
                setSelected(actionId);
                showAction(actionId);
              }}
            />
          </section>
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
