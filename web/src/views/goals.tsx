import { bodyOf } from '@goal-activity/client/client.ts';
import type { ListedGoal } from '@goal-activity/client/types.ts';
import { Link } from 'wouter';
import { Badge, Heading, Icon, Loading } from '../components/basics.tsx';
import { ChartThumbnail } from '../components/chart-thumbnail.tsx';
import { ErrorPage } from '../components/errors.tsx';
import { MorePages } from '../components/more-pages.tsx';
import { usePages } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { paths } from '../paths.ts';
import { useServices } from '../services.ts';

const PAGE_SIZE = 24;

function GoalCard({ goal }: { goal: ListedGoal }) {
  const { t, format } = useTexts();
  return (
    <li className="goal-card">
      <div className="goal-card-top">
        <Badge status={goal.status} />
        <span className="soft">{t.common.actions(goal.actionCount)}</span>
      </div>
      <h2>
        <Link href={paths.goal(goal.goalId)}>{goal.title}</Link>
      </h2>
      {goal.description !== '' && <p className="goal-card-text">{goal.description}</p>}
      <p className="soft">
        {goal.deadline === null
          ? t.goals.created(format.dateTime(goal.createdAt))
          : t.goals.deadline(format.day(goal.deadline))}
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
  if (pages.error !== undefined) return <ErrorPage error={pages.error} onRetry={pages.reload} />;
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
          <GoalCard key={goal.goalId} goal={goal} />
        ))}
      </ul>
      <MorePages pages={pages} />
    </>
  );
}
