import { bodyOf } from '@goal-activity/client/client.ts';
import type { TodayTask } from '@goal-activity/client/types.ts';
import { Link } from 'wouter';
import { Button, Heading, Icon, Loading } from '../components/basics.tsx';
import { ErrorPage } from '../components/errors.tsx';
import { useLoad } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import { paths } from '../paths.ts';
import { useServices } from '../services.ts';
import type { Row, TaskChanges } from '../tasks/task-changes.ts';
import { TaskItem } from '../tasks/task-item.tsx';
import { useTaskChanges } from '../tasks/use-task-changes.ts';

/** As many of each kind as a day has room for. */
const LIMIT = 8;

/** What a task is for: its action, and its goal with a way there. */
function Purpose({ task }: { task: Row<TodayTask>['task'] }) {
  const { t, format } = useTexts();
  return (
    <div className="soft task-purpose">
      <p lang={langOf(task.actionTitle)}>{task.actionTitle}</p>
      <p>
        <Link href={paths.goal(task.goalId)} lang={langOf(task.goalTitle)}>
          {task.goalTitle}
        </Link>
        {task.deadline !== null && t.goals.deadline(format.day(task.deadline))}
      </p>
    </div>
  );
}

interface TodayListProps {
  readonly kind: 'habits' | 'tasks';
  readonly rows: readonly Row<TodayTask>[];
  readonly changes: TaskChanges;
}

function TodayList({ kind, rows, changes }: TodayListProps) {
  const { t } = useTexts();
  if (rows.length === 0) return null;
  const { title, hint } = t.today[kind];
  return (
    <section className="today-list" aria-labelledby={`today-${kind}`}>
      <h2 id={`today-${kind}`}>{title}</h2>
      <p className="soft">{hint}</p>
      <ul className="tasks">
        {rows.map((row) => (
          <TaskItem key={row.task.taskId} row={row} changes={changes}>
            <Purpose task={row.task} />
          </TaskItem>
        ))}
      </ul>
    </section>
  );
}

/** What is checked off stays where it is, so that it can be checked back; there is more when the person asks for it. */
function TodayLists({ tasks, reload }: { tasks: readonly TodayTask[]; reload: () => void }) {
  const { t } = useTexts();
  const { rows, changes } = useTaskChanges(tasks, (isRefused) => {
    if (isRefused) reload();
  });
  const done = rows.filter(({ task }) => task.status === 'done').length;
  return (
    <>
      <div className="page-head">
        <div>
          <Heading title={t.nav.today} />
          <p className="lead">{done === 0 ? t.today.intro : t.today.done(done)}</p>
        </div>
        {done > 0 && (
          <Button icon="retry" onClick={reload}>
            {t.today.next}
          </Button>
        )}
      </div>
      <div className="today">
        <TodayList kind="habits" rows={rows.filter(({ task }) => task.type === 'habit')} changes={changes} />
        <TodayList kind="tasks" rows={rows.filter(({ task }) => task.type !== 'habit')} changes={changes} />
      </div>
    </>
  );
}

/** Everything is done, or no goal has tasks. */
function NothingToDo() {
  const { t } = useTexts();
  return (
    <div className="empty">
      <Heading title={t.nav.today}>{t.today.empty}</Heading>
      <p className="lead">{t.today.emptyHint}</p>
      <Link className="button button-primary" href={paths.goals}>
        <Icon name="forward" />
        {t.today.toGoals}
      </Link>
    </div>
  );
}

/** Habits and the shortest open tasks of all goals. */
export default function TodayView() {
  const { api } = useServices();
  const loaded = useLoad('today', (signal) =>
    bodyOf(api.GET('/api/today', { params: { query: { limit: LIMIT } }, signal })),
  );
  if (loaded.error !== undefined) return <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  if (loaded.data === undefined) return <Loading />;
  const { habits, tasks } = loaded.data;
  if (habits.length + tasks.length === 0) return <NothingToDo />;
  return <TodayLists tasks={[...habits, ...tasks]} reload={loaded.reload} />;
}
