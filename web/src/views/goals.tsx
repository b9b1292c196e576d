import { bodyOf } from '@goal-activity/client/client.ts';
import type { ListedGoal } from '@goal-activity/client/types.ts';
import { Link } from 'wouter';
import { Badge, Heading, Icon, Loading } from '../components/basics.tsx';
import { ChartThumbnail } from '../components/chart-thumbnail.tsx';
import { ErrorPage } from '../components/errors.tsx';
import { MorePages } from '../components/more-pages.tsx';
import { Ring } from '../components/ring.tsx';
import { useLoad, usePages, useWhenShown } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import { paths } from '../paths.ts';
import { useExecution } from '../run/follow/use-execution.ts';
import { tasksOf } from '../run/totals.ts';
import { useServices } from '../services.ts';

const PAGE_SIZE = 24;

/** A listed goal as it is now: while a run works on it, that is followed, and its end is looked up. */
function useFreshGoal(listed: ListedGoal) {
  const { api } = useServices();
  const { goalId, executionArn } = listed;
  const { status } = useExecution(listed.status === 'processing' ? (executionArn ?? undefined) : undefined);
  const hasEnded = status !== undefined && status.status !== 'RUNNING';
  const after = useLoad(`${goalId} after ${hasEnded ? executionArn : ''}`, async (signal) =>
    hasEnded ? bodyOf(api.GET('/api/goals/{goalId}', { params: { path: { goalId } }, signal })) : undefined,
  );
  return { goal: { ...listed, ...after.data }, run: after.data === undefined ? status : undefined };
}

function GoalCard({ listed }: { listed: ListedGoal }) {
  const { t, format } = useTexts();
  const { goal, run } = useFreshGoal(listed);
  const { actionCount } = listed;
  const taskCount = goal.taskCount + (run === undefined ? 0 : tasksOf(run));
  const isRunning = goal.status === 'processing';
  return (
    <li className="goal-card">
      <div className="goal-card-top">
        <Badge status={goal.status} />
        <span className="soft">
          {run === undefined ? t.common.actions(actionCount) : t.run.processed(run.processedActions, run.totalActions)}
        </span>
      </div>
      <div className="goal-card-name">
        <h2 lang={langOf(goal.title)}>
          <Link href={paths.goal(goal.goalId)}>{goal.title}</Link>
        </h2>
        {isRunning && <Ring percentage={run?.progressPercentage} label={t.run.progress} />}
      </div>
      {goal.description !== '' && (
        <p className="goal-card-text" lang={langOf(goal.description)}>
          {goal.description}
        </p>
      )}
      <p className="soft goal-card-facts">
        <span>
          {goal.deadline === null
            ? t.goals.created(format.dateTime(goal.createdAt))
            : t.goals.deadline(format.day(goal.deadline))}
        </span>
        {taskCount > 0 && <span>{t.goalCounts.tasks(goal.doneTaskCount, taskCount)}</span>}
      </p>
    </li>
  );
}

/** An empty chart, as an invitation. */
function Invitation() {
  const { t } = useTexts();
  return (
    <div className="empty">
      <ChartThumbnail />
      <Heading title={t.goals.title}>{t.goals.empty}</Heading>
      <p className="lead">{t.goals.emptyHint}</p>
      <Link className="button button-primary button-large" href={paths.create}>
        <Icon name="plus" />
        {t.goals.create}
      </Link>
    </div>
  );
}

export function GoalsView() {
  const { t } = useTexts();
  const { api } = useServices();
  const pages = usePages('goals', (from, signal) =>
    bodyOf(api.GET('/api/goals', { params: { query: { limit: PAGE_SIZE, ...from } }, signal })),
  );
  useWhenShown(pages.reload);
  if (pages.error !== undefined && pages.data === undefined)
    return <ErrorPage error={pages.error} onRetry={pages.reload} />;
  if (pages.data === undefined) return <Loading />;
  if (pages.items.length === 0 && pages.cursor === null) return <Invitation />;
  return (
    <>
      <div className="page-head">
        <Heading title={t.goals.title} />
        <Link className="button button-primary" href={paths.create}>
          <Icon name="plus" />
          {t.nav.newGoal}
        </Link>
      </div>
      <ul className="goal-cards">
        {pages.items.map((goal) => (
          <GoalCard key={goal.goalId} listed={goal} />
        ))}
      </ul>
      <MorePages pages={pages} />
    </>
  );
}
