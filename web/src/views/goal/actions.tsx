import type { Action, Goal, Task } from '@goal-activity/client/types.ts';
import { useRef } from 'react';
import { Button } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { langOf } from '../../i18n/own-text.ts';
import { blocksOf } from '../../mandala/layout.ts';
import type { GoalWithTasks } from '../../services.ts';
import { isMadeByAi } from '../../tasks/ai-tasks.ts';
import { TaskList } from '../../tasks/task-list.tsx';

/** Id of the element of an action. */
const itemIdOf = (actionId: string): string => `a-${actionId}`;

interface ActionItemProps {
  readonly goal: Goal;
  readonly action: Action;
  readonly tasks: readonly Task[];
  /** Whether other actions have tasks: then it is worth saying that this one has none. */
  readonly isPartial: boolean;
  onEdit(): void;
  onChanged(): void;
}

/** What is to be seen of an action without opening it. */
function ActionFacts({ action, tasks, isPartial }: Pick<ActionItemProps, 'action' | 'tasks' | 'isPartial'>) {
  const { t } = useTexts();
  const done = tasks.filter(({ status }) => status === 'done').length;
  return (
    <span className="action-facts soft">
      <span>{t.actionType[action.type]}</span>
      {tasks.length > 0 && <span>{done > 0 ? t.task.progress(done, tasks.length) : t.common.tasks(tasks.length)}</span>}
      {tasks.length === 0 && isPartial && <span>{t.phase.idle}</span>}
    </span>
  );
}

function ActionItem({ goal, action, tasks, isPartial, onEdit, onChanged }: ActionItemProps) {
  const { t } = useTexts();
  return (
    <li className="action" id={itemIdOf(action.actionId)} tabIndex={-1}>
      <details>
        <summary>
          <span className="action-title" lang={langOf(action.title)}>
            {action.title}
          </span>
          <ActionFacts action={action} tasks={tasks} isPartial={isPartial} />
        </summary>
        <div className="action-body">
          {action.description !== '' && (
            <p className="action-text" lang={langOf(action.description)}>
              {action.description}
            </p>
          )}
          {!tasks.some(isMadeByAi) && goal.status !== 'processing' && (
            <Button kind="quiet" icon="edit" aria-label={t.goal.editAction(action.title)} onClick={onEdit}>
              {t.goal.edit}
            </Button>
          )}
          <TaskList goal={goal} action={action} tasks={tasks} onChanged={onChanged} />
        </div>
      </details>
    </li>
  );
}

interface ActionsProps extends GoalWithTasks {
  onEdit(action: Action): void;
  onChanged(): void;
}

/** The goal's actions with their tasks, by sub-goal. */
export function Actions({ goal, tasks, onEdit, onChanged }: ActionsProps) {
  const { t } = useTexts();
  const list = useRef<HTMLDivElement>(null);
  const tasksOf = Map.groupBy(tasks, ({ actionId }) => actionId);
  const hasTasks = tasks.length > 0;
  const blocks = blocksOf(goal.actions).map((block, index) => ({
    ...block,
    title: block.title ?? t.common.untitledSubGoal(index + 1),
  }));
  const half = Math.ceil(blocks.length / 2);

  function openAll(isOpen: boolean): void {
    for (const details of list.current?.querySelectorAll('details') ?? []) details.open = isOpen;
  }

  return (
    <section className="goal-actions" ref={list} aria-labelledby="actions-heading">
      <div className="section-head">
        <div>
          <h2 id="actions-heading">{t.goal.actions}</h2>
          {hasTasks && <p className="soft">{t.goal.summary(tasksOf.size, goal.actions.length, tasks.length)}</p>}
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
        {/* Two columns, so that opening an action leaves no gap in the other one. */}
        {[blocks.slice(0, half), blocks.slice(half)].map((column, at) => (
          <div className="sub-goal-column" key={at === 0 ? 'first' : 'second'}>
            {column.map(({ title, items }) => (
              <section className="sub-goal" key={items[0]?.actionId}>
                <h3>{title}</h3>
                <ul className="actions">
                  {items.map((action) => (
                    <ActionItem
                      key={action.actionId}
                      goal={goal}
                      action={action}
                      tasks={tasksOf.get(action.actionId) ?? []}
                      isPartial={hasTasks}
                      onEdit={() => onEdit(action)}
                      onChanged={onChanged}
                    />
                  ))}
                </ul>
              </section>
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}
