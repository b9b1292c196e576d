import { useRef, useState } from 'react';
import type { Action, Goal, Task } from '../api/types.ts';
import { Button, ErrorPage, GoalBadge, Heading, Link, Loading } from '../components/basics.tsx';
import { Icon } from '../components/icons.tsx';
import { Legend, Mandala } from '../components/mandala.tsx';
import { useTexts } from '../i18n/context.tsx';
import { blocksOf } from '../mandala/layout.ts';
import { paths } from '../router.ts';
import { goalChart } from '../run/chart.ts';
import { useLoad, useServices } from '../services.tsx';
import { EditDialog, RetryDialog, StartDialog } from './run-dialogs.tsx';

function TaskItem({ task }: { task: Task }) {
  const { t, format } = useTexts();
  return (
    <li className="task">
      <p className="task-title">{task.title}</p>
      {task.description !== '' && <p className="task-text">{task.description}</p>}
      <p className="soft task-facts">
        <span>
          <Icon name="clock" /> {t.goal.minutes(format.duration(task.estimatedMinutes * 60))}
        </span>
        <span>
          <Icon name={task.type === 'habit' ? 'habit' : 'once'} /> {t.actionType[task.type]}
        </span>
      </p>
    </li>
  );
}

interface ActionItemProps {
  readonly action: Action;
  readonly tasks: readonly Task[];
  readonly isEditable: boolean;
  /** Whether other actions have tasks: then it is worth saying that this one has none. */
  readonly isPartial: boolean;
  onEdit(): void;
}

function ActionItem({ action, tasks, isEditable, isPartial, onEdit }: ActionItemProps) {
  const { t } = useTexts();
  const head = (
    <>
      <span className="action-title">{action.title}</span>
      <span className="action-facts soft">
        <span>{t.actionType[action.type]}</span>
        {(tasks.length > 0 || isPartial) && (
          <span>{tasks.length > 0 ? t.common.tasks(tasks.length) : t.goal.noTasks}</span>
        )}
      </span>
    </>
  );
  return (
    <li className="action" id={`a-${action.actionId}`} tabIndex={-1}>
      {tasks.length > 0 ? (
        <details>
          <summary>{head}</summary>
          {action.description !== '' && <p className="action-text">{action.description}</p>}
          <ul className="tasks">
            {tasks.map((task) => (
              <TaskItem key={task.taskId} task={task} />
            ))}
          </ul>
        </details>
      ) : (
        <div className="action-plain">
          <div>
            {head}
            {action.description !== '' && <p className="action-text">{action.description}</p>}
          </div>
          {isEditable && (
            <Button kind="quiet" icon="edit" aria-label={t.goal.editAction(action.title)} onClick={onEdit}>
              {t.goal.edit}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

/** The one thing to do next with a goal. */
function NextStep({
  goal,
  without,
  onStart,
  onRetry,
}: {
  goal: Goal;
  without: number;
  onStart(): void;
  onRetry(): void;
}) {
  const { t } = useTexts();
  if (goal.actions.length === 0) return <p className="note note-info">{t.goal.noActions}</p>;
  if (goal.status === 'processing' && goal.executionArn !== null) {
    return (
      <Link className="button button-primary button-large" href={paths.run(goal.executionArn)}>
        <Icon name="generating" />
        {t.goal.follow}
      </Link>
    );
  }
  if ((goal.status === 'partial' || goal.status === 'failed') && goal.executionArn !== null && without > 0) {
    return (
      <Button kind="primary" className="button-large" icon="retry" onClick={onRetry}>
        {t.goal.retry(without)}
      </Button>
    );
  }
  if (goal.status === 'active') return null;
  return (
    <Button kind="primary" className="button-large" icon="play" onClick={onStart}>
      {t.goal.start}
    </Button>
  );
}

export default function GoalView({ goalId }: { goalId: string }) {
  const { t, format } = useTexts();
  const { api } = useServices();
  const [dialog, setDialog] = useState<'start' | 'retry' | Action>();
  const [selected, setSelected] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const loaded = useLoad(goalId, async (signal) => {
    const path = { goalId };
    const [goal, { tasks }] = await Promise.all([
      api.call('GET /api/goals/{goalId}', { path, signal }),
      api.call('GET /api/goals/{goalId}/tasks', { path, signal }),
    ]);
    return { goal, tasks };
  });
  if (loaded.error !== undefined) return <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  if (loaded.data === undefined) return <Loading />;
  const { goal, tasks } = loaded.data;

  const tasksOf = Map.groupBy(tasks, ({ actionId }) => actionId);
  const isReady = ({ actionId }: Action) => tasksOf.has(actionId);
  const without = goal.actions.filter((action) => !isReady(action)).length;
  const hasTasks = tasks.length > 0;
  const chart = goalChart(goal, (action) => (hasTasks ? (isReady(action) ? 'saved' : 'idle') : undefined), t);

  // Two columns, so that opening an action leaves no gap in the other one.
  const blocks = blocksOf(goal.actions);
  const half = Math.ceil(blocks.length / 2);

  function show(actionId: string): void {
    setSelected(actionId);
    const item = document.getElementById(`a-${actionId}`);
    item?.querySelector('details')?.setAttribute('open', '');
    item?.scrollIntoView({ block: 'center' });
    (item?.querySelector<HTMLElement>('summary') ?? item)?.focus({ preventScroll: true });
  }

  function openAll(isOpen: boolean): void {
    for (const details of list.current?.querySelectorAll('details') ?? []) details.open = isOpen;
  }

  return (
    <>
      <p className="crumbs">
        <Link href={paths.goals}>
          <Icon name="back" /> {t.nav.goals}
        </Link>
      </p>
      <div className="page-head goal-head">
        <div>
          <p className="head-facts">
            <GoalBadge status={goal.status} />
            {goal.deadline !== null && <span className="soft">{t.goals.deadline(format.day(goal.deadline))}</span>}
          </p>
          <Heading title={goal.title}>{goal.title}</Heading>
          {goal.description !== '' && <p className="lead">{goal.description}</p>}
        </div>
        <div className="next-step">
          <NextStep
            goal={goal}
            without={without}
            onStart={() => setDialog('start')}
            onRetry={() => setDialog('retry')}
          />
          <p className="soft">{goal.actions.length > 0 && t.goal.status[goal.status]}</p>
          {goal.executionArn !== null && (
            <p className="links">
              {goal.status !== 'processing' && <Link href={paths.run(goal.executionArn)}>{t.goal.lastRun}</Link>}
              <Link href={paths.historyOf(goalId)}>{t.goal.runs}</Link>
            </p>
          )}
        </div>
      </div>
      {goal.actions.length > 0 && (
        <>
          <section aria-label={t.goal.chart}>
            {hasTasks && <Legend phases={goal.actions.map((action) => (isReady(action) ? 'saved' : 'idle'))} />}
            <Mandala label={t.goal.chart} hint={t.run.chartHint} {...chart} selected={selected} onSelect={show} />
          </section>
          <section className="goal-actions" ref={list} aria-labelledby="actions-heading">
            <div className="section-head">
              <div>
                <h2 id="actions-heading">{t.goal.actions}</h2>
                {hasTasks && (
                  <p className="soft">
                    {t.goal.summary(goal.actions.length - without, goal.actions.length, tasks.length)}
                  </p>
                )}
              </div>
              {hasTasks && (
                <div className="buttons">
                  <Button kind="quiet" onClick={() => openAll(true)}>
                    {t.goal.openAll}
                  </Button>
                  <Button kind="quiet" onClick={() => openAll(false)}>
                    {t.goal.closeAll}
                  </Button>
                </div>
              )}
            </div>
            <div className="sub-goals">
              {[blocks.slice(0, half), blocks.slice(half)].map((column, at) => (
                <div className="sub-goal-column" key={at === 0 ? 'first' : 'second'}>
                  {column.map(({ title, items }, index) => (
                    <section className="sub-goal" key={items[0]?.actionId}>
                      <h3>{title ?? t.common.untitledSubGoal(at * half + index + 1)}</h3>
                      <ul className="actions">
                        {items.map((action) => (
                          <ActionItem
                            key={action.actionId}
                            action={action}
                            tasks={tasksOf.get(action.actionId) ?? []}
                            isEditable={goal.status !== 'processing'}
                            isPartial={hasTasks}
                            onEdit={() => setDialog(action)}
                          />
                        ))}
                      </ul>
                    </section>
                  ))}
                </div>
              ))}
            </div>
          </section>
        </>
      )}
      {dialog === 'start' && <StartDialog goal={goal} onClose={() => setDialog(undefined)} />}
      {dialog === 'retry' && goal.executionArn !== null && (
        <RetryDialog
          executionArn={goal.executionArn}
          goalId={goalId}
          count={without}
          onClose={() => setDialog(undefined)}
        />
      )}
      {typeof dialog === 'object' && (
        <EditDialog
          goalId={goalId}
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
