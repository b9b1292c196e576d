import type { Goal } from '@goal-activity/client/types.ts';
import { Link } from 'wouter';
import { Badge, Button, Heading, Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';

interface HeadProps {
  readonly goal: Goal;
  /** Actions without tasks. */
  readonly without: number;
  onOpen(dialog: 'start' | 'retry'): void;
}

/** The one thing to do next with a goal. */
function NextStep({ goal, without, onOpen }: HeadProps) {
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
      <Button kind="primary" className="button-large" icon="retry" onClick={() => onOpen('retry')}>
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

/** What the goal is, and what can be done with it. */
export function GoalHead(props: HeadProps) {
  const { t, format } = useTexts();
  const { goalId, title, description, deadline, status, executionArn, actions } = props.goal;
  return (
    <div className="page-head goal-head">
      <div>
        <p className="head-facts">
          <Badge status={status} />
          {deadline !== null && <span className="soft">{t.goals.deadline(format.day(deadline))}</span>}
        </p>
        <Heading title={title} />
        {description !== '' && <p className="lead">{description}</p>}
      </div>
      <div className="next-step">
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
