import type { Action, ExecutionStatus, Goal, Task } from '@goal-activity/client/types.ts';
import { Button, Icon } from '../components/basics.tsx';
import type { Share } from '../components/cell.tsx';
import { FailureText } from '../components/failure-text.tsx';
import { Panel } from '../components/panel.tsx';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import type { Phase } from '../run/cells.ts';
import { failureKind } from '../run/failures.ts';
import { isMadeByAi } from '../tasks/ai-tasks.ts';
import { TaskList } from '../tasks/task-list.tsx';

export interface ActionPanelProps {
  readonly goal: Goal;
  readonly action: Action;
  /** Those of the action. */
  readonly tasks: readonly Task[];
  readonly phase: Phase | undefined;
  /** Its tasks that are done, where that says more than the phase. */
  readonly done: Share | undefined;
  /** The run that is shown, or the goal's last one; undefined when there is none, or while it loads. */
  readonly run: ExecutionStatus | undefined;
  /** How often the AI was asked about it, once the run is over. */
  readonly attempts: number | undefined;
  /** All actions without tasks: a retry is for all of them. */
  readonly without: number;
  onEdit(): void;
  onRetry(): void;
  onChanged(): void;
  onClose(): void;
}

/** What became of the action in the run. */
function InRun({ run, action: { actionId }, hasTasks }: { run: ExecutionStatus; action: Action; hasTasks: boolean }) {
  const { t } = useTexts();
  const attempt = run.outcomes.find((each) => each.actionId === actionId)?.attempt;
  const failed = hasTasks ? undefined : run.failedActions.find((each) => each.actionId === actionId);
  return (
    <>
      {attempt !== undefined && <p>{t.panel.attempt(attempt)}</p>}
      {run.slowActions.includes(actionId) && <p>{t.panel.isSlow}</p>}
      {failed && <FailureText kind={failureKind(failed, run)} />}
    </>
  );
}

/** What kind of action it is, and how it stands. */
function Facts({ action, phase, done, attempts }: Pick<ActionPanelProps, 'action' | 'phase' | 'done' | 'attempts'>) {
  const { t } = useTexts();
  return (
    <p className="soft panel-facts">
      {action.subGoal && <span lang={langOf(action.subGoal)}>{action.subGoal}</span>}
      <span>{t.actionType[action.type]}</span>
      {attempts !== undefined && <span>{t.panel.attempts(attempts)}</span>}
      {done && <span>{t.chart.done(done.count, done.total)}</span>}
      {phase && !done && (
        <span className="panel-phase" data-phase={phase}>
          <Icon name={phase} /> {t.phase[phase]}
        </span>
      )}
    </p>
  );
}

/** All about one action: what it is, how it stands, why it failed, its tasks, and what can be done with it. */
export function ActionPanel({ goal, action, tasks, run, without, ...props }: ActionPanelProps) {
  const { t } = useTexts();
  const hasTasks = tasks.some(isMadeByAi);
  const isRunning = goal.status === 'processing' || run?.status === 'RUNNING';
  // From an old run nothing is started: what it says of the action may be over.
  const isNewest = run === undefined || run.executionArn === goal.executionArn;
  const canRetry = goal.status === 'partial' || goal.status === 'failed';
  return (
    <Panel title={action.title} onClose={props.onClose}>
      <Facts action={action} {...props} />
      {action.description !== '' && (
        <p className="panel-text" lang={langOf(action.description)}>
          {action.description}
        </p>
      )}
      {run && <InRun run={run} action={action} hasTasks={hasTasks} />}
      <TaskList goal={goal} action={action} tasks={tasks} onChanged={props.onChanged} />
      {!hasTasks && !isRunning && isNewest && (
        <div className="buttons">
          <Button icon="edit" aria-label={t.goal.editAction(action.title)} onClick={props.onEdit}>
            {t.goal.edit}
          </Button>
          {canRetry && (
            <Button kind="primary" icon="retry" onClick={props.onRetry}>
              {t.goal.retry(without)}
            </Button>
          )}
        </div>
      )}
    </Panel>
  );
}
