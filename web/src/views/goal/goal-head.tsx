import { Link } from 'wouter';
import { Badge, Button, Heading, Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { langOf } from '../../i18n/own-text.ts';
import { paths } from '../../paths.ts';
import type { GoalWithTasks } from '../../services.ts';
import { GoalTools } from './goal-tools.tsx';

interface HeadProps extends GoalWithTasks {
  /** Actions without tasks. */
  readonly without: number;
  /** Whether trying again helps only once an administrator has set something up. */
  readonly isHopeless: boolean;
  onOpen(dialog: 'start' | 'retry'): void;
  onChanged(): void;
}

/** The one thing to do next with a goal. */
function NextStep({ goal, without, isHopeless, onOpen }: HeadProps) {
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
      <Button
        kind={isHopeless ? 'plain' : 'primary'}
        className="button-large"
        icon="retry"
        onClick={() => onOpen('retry')}
      >
        {t.goal.retry(without)}
      </Button>
    );
  }
  if (goal.status === 'active') return null;
  return (
    <Button kind="primary" className="button-large" icon="play" onClick={() => onOpen('start')}>
      {t.goal.start}
    </Button>
  );
}

/** How much of the goal is done. Tasks that a run is making are counted when it has ended. */
function DoneBar({ done, total }: { done: number; total: number }) {
  const { t } = useTexts();
  const text = t.task.progress(done, total);
  return (
    <div className="done-bar">
      <p id="done-bar">{text}</p>
      <progress value={done} max={total} aria-labelledby="done-bar" />
    </div>
  );
}

/** What the goal is, and what can be done with it. */
export function GoalHead(props: HeadProps) {
  const { t, format } = useTexts();
  const { goal, tasks, onChanged } = props;
  const { goalId, title, description, deadline, status, executionArn, actions, taskCount, doneTaskCount } = goal;
  return (
    <div className="page-head goal-head">
      <div>
        <p className="head-facts">
          <Badge status={status} />
          {deadline !== null && <span className="soft">{t.goals.deadline(format.day(deadline))}</span>}
        </p>
        <Heading title={title} lang={langOf(title)} />
        {description !== '' && (
          <p className="lead" lang={langOf(description)}>
            {description}
          </p>
        )}
        <GoalTools goal={goal} tasks={tasks} onChanged={onChanged} />
      </div>
      <div className="next-step">
        {taskCount > 0 && <DoneBar done={doneTaskCount} total={taskCount} />}
        <NextStep {...props} />
        <p className="soft">{actions.length > 0 && t.goal.status[status]}</p>
        {executionArn !== null && (
          <p className="links">
            {status !== 'processing' && <Link href={paths.run(executionArn)}>{t.goal.lastRun}</Link>}
            <Link href={paths.historyOf(goalId)}>{t.goal.runs}</Link>
          </p>
        )}
      </div>
    </div>
  );
}
