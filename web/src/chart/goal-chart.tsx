import type { Action, ExecutionStatus } from '@goal-activity/client/types.ts';
import { type ReactNode, useState } from 'react';
import { Button } from '../components/basics.tsx';
import type { Share } from '../components/cell.tsx';
import { Mandala } from '../components/mandala.tsx';
import { useTexts } from '../i18n/context.tsx';
import { ONE_COLUMN, useMedia, usePrinting } from '../media.ts';
import type { Phase } from '../run/cells.ts';
import { goalChart } from '../run/chart.ts';
import type { GoalWithTasks } from '../services.ts';
import { actionsWithTasks } from '../tasks/ai-tasks.ts';
import { ActionPanel } from './action-panel.tsx';
import { PrintedTasks } from './printed-tasks.tsx';
import { useAttempts } from './use-attempts.ts';

interface GoalChartProps extends GoalWithTasks {
  readonly label: string;
  readonly legend: ReactNode;
  /** The run that is shown, or the goal's last one. */
  readonly run: ExecutionStatus | undefined;
  readonly isJoyful?: boolean;
  phaseOf(action: Action): Phase | undefined;
  doneOf?(action: Action): Share | undefined;
  onEdit(action: Action): void;
  onRetry(): void;
  onChanged(): void;
}

/** The chart of a goal, and beside it the action that was chosen in it: both are cells of the grid `chart-layout`. */
export function GoalChart({ goal, tasks, label, legend, run, isJoyful, phaseOf, doneOf, ...does }: GoalChartProps) {
  const { t, format } = useTexts();
  const isPrinting = usePrinting();
  const [selected, setSelected] = useState<string>();
  const [wasOpened, setOpened] = useState(false);
  const attempts = useAttempts(wasOpened ? run : undefined);
  const hasRoom = !useMedia(ONE_COLUMN);
  const action = goal.actions.find(({ actionId }) => actionId === selected);
  const tasksOf = Map.groupBy(tasks, ({ actionId }) => actionId);
  const close = () => setSelected(undefined);
  return (
    <>
      <section
        className="chart-area"
        aria-label={label}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
        }}
      >
        {isPrinting && (
          <p className="print-title">
            <span>{goal.title}</span>
            <span>{t.chart.printed(format.dateTime(new Date().toISOString()))}</span>
          </p>
        )}
        <div className="chart-top">
          {legend}
          <Button kind="quiet" icon="print" onClick={() => print()}>
            {t.chart.print}
          </Button>
        </div>
        <Mandala
          label={label}
          hint={t.run.chartHint}
          {...goalChart(goal, { phaseOf, ...(doneOf && { doneOf }) }, t)}
          selected={selected}
          isJoyful={isJoyful ?? false}
          onSelect={(actionId) => {
            setSelected(actionId);
            setOpened(true);
          }}
        />
      </section>
      {action !== undefined && (
        <ActionPanel
          key={action.actionId}
          goal={goal}
          action={action}
          tasks={tasksOf.get(action.actionId) ?? []}
          phase={phaseOf(action)}
          done={doneOf?.(action)}
          run={run}
          attempts={attempts.get(action.actionId)}
          without={goal.actions.length - actionsWithTasks(tasks).size}
          onEdit={() => does.onEdit(action)}
          onRetry={does.onRetry}
          onChanged={does.onChanged}
          onClose={close}
        />
      )}
      {isPrinting && tasks.length > 0 && <PrintedTasks goal={goal} tasks={tasks} />}
      {action === undefined && hasRoom && <p className="panel-hint soft">{t.run.nothingSelected}</p>}
    </>
  );
}
