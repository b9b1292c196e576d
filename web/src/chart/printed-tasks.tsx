import { Icon } from '../components/basics.tsx';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import { blocksOf } from '../mandala/layout.ts';
import type { GoalWithTasks } from '../services.ts';

/** The tasks by sub-goal, to be ticked off with a pen; on paper alone. */
export function PrintedTasks({ goal, tasks }: GoalWithTasks) {
  const { t, format } = useTexts();
  const tasksOf = Map.groupBy(tasks, ({ actionId }) => actionId);
  const blocks = blocksOf(goal.actions).map(({ title, items }, index) => ({
    title: title ?? t.common.untitledSubGoal(index + 1),
    actions: items.filter(({ actionId }) => tasksOf.has(actionId)),
  }));
  return (
    <div className="printed">
      {blocks
        .filter(({ actions }) => actions.length > 0)
        .map(({ title, actions }) => (
          <section key={actions[0]?.actionId}>
            <h2 lang={langOf(title)}>{title}</h2>
            {actions.map((action) => (
              <div key={action.actionId}>
                <h3 lang={langOf(action.title)}>{action.title}</h3>
                <ul>
                  {tasksOf.get(action.actionId)?.map((task) => (
                    <li key={task.taskId}>
                      <Icon name={task.status === 'done' ? 'ticked' : 'box'} />
                      <span lang={langOf(task.title)}>{task.title}</span>{' '}
                      <span className="soft">{format.duration(task.estimatedMinutes * 60)}</span>
                      {task.description !== '' && (
                        <p className="soft" lang={langOf(task.description)}>
                          {task.description}
                        </p>
                      )}
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </section>
        ))}
    </div>
  );
}
