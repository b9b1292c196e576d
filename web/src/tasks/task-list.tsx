import type { Action, Goal, Task } from '@goal-activity/client/types.ts';
import { Icon } from '../components/basics.tsx';
import { useTexts } from '../i18n/context.tsx';

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

export interface TaskListProps {
  readonly goal: Goal;
  /** Whose tasks they are. */
  readonly action: Action;
  /** Those of the action, in their order. */
  readonly tasks: readonly Task[];
  /** Told after a change, so that whoever has loaded the goal and its tasks reads them again. */
  onChanged(): void;
}

/** The tasks of one action. */
export function TaskList({ tasks }: TaskListProps) {
  return (
    <ul className="tasks">
      {tasks.map((task) => (
        <TaskItem key={task.taskId} task={task} />
      ))}
    </ul>
  );
}
