import { useState } from 'react';
import type { ListedExecution } from '../api/types.ts';
import { Button, ErrorNote, Heading, Link, Loading, RunBadge } from '../components/basics.tsx';
import { useTexts } from '../i18n/context.tsx';
import { paths, replacePath } from '../router.ts';
import { filtersOf, type HistoryFilters, rangeOf } from '../run/timeline.ts';
import { useAction, useLoad, useServices } from '../services.tsx';

const PAGE_SIZE = '25';
const STATUSES = ['RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

function Run({ run, title }: { run: ListedExecution; title: string }) {
  const { t, format } = useTexts();
  const seconds = run.stopDate === null ? undefined : (Date.parse(run.stopDate) - Date.parse(run.startDate)) / 1000;
  return (
    <li className="run">
      <div className="run-name">
        <Link href={paths.run(run.executionArn)}>{title}</Link>
        <span className="soft">{format.dateTime(run.startDate)}</span>
      </div>
      <RunBadge status={run.status} />
      <div className="run-numbers">
        <span>
          {t.history.saved(run.savedActions, run.totalActions)}
          {run.failedActions > 0 && <span className="danger-text"> · {t.history.failed(run.failedActions)}</span>}
        </span>
        <span className="soft">
          {t.common.tasks(run.taskCount)} · {seconds === undefined ? t.history.running : format.duration(seconds)} ·{' '}
          {format.money(run.cost.estimatedUsd)}
        </span>
      </div>
    </li>
  );
}

export default function HistoryView({ search }: { search: string }) {
  const { t } = useTexts();
  const { api } = useServices();
  const filters = filtersOf(search);
  const { goalId, status, from, to } = filters;
  const isFiltered = Object.values(filters).some((value) => value !== '');
  const isBadRange = from !== '' && to !== '' && from > to;
  const query = { limit: PAGE_SIZE, goalId, status, ...rangeOf(from, to) };
  const key = `runs ${search}`;
  const first = useLoad(key, async (signal) =>
    isBadRange ? { items: [], nextCursor: null } : api.call('GET /api/workflows', { query, signal }),
  );
  const [more, setMore] = useState<{ key: string; items: readonly ListedExecution[]; nextCursor: string | null }>();
  const next = useAction(async (cursor: string) => {
    const page = await api.call('GET /api/workflows', { query: { ...query, cursor } });
    setMore((previous) => ({
      key,
      items: [...(previous?.key === key ? previous.items : []), ...page.items],
      nextCursor: page.nextCursor,
    }));
  });
  const goals = useLoad('goals of the history', (signal) =>
    api.call('GET /api/goals', { query: { limit: '100' }, signal }),
  );
  const titles = new Map(goals.data?.items.map((goal) => [goal.goalId, goal.title]));
  if (goalId !== '' && !titles.has(goalId)) titles.set(goalId, t.history.goalGone);

  function filter(changes: Partial<HistoryFilters>): void {
    const given = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== '');
    const text = new URLSearchParams(given).toString();
    replacePath(text === '' ? paths.history : `${paths.history}?${text}`);
  }

  const following = more?.key === key ? more : undefined;
  const runs = [...(first.data?.items ?? []), ...(following?.items ?? [])];
  const cursor = following === undefined ? (first.data?.nextCursor ?? null) : following.nextCursor;

  return (
    <>
      <div className="page-head">
        <div>
          <Heading title={t.history.title}>{t.history.title}</Heading>
          <p className="lead">{t.history.intro}</p>
        </div>
      </div>
      <form className="filters" aria-label={t.history.filters} onSubmit={(event) => event.preventDefault()}>
        <div className="field">
          <label htmlFor="filter-goal">{t.history.goal}</label>
          <select id="filter-goal" value={goalId} onChange={(event) => filter({ goalId: event.target.value })}>
            <option value="">{t.history.allGoals}</option>
            {[...titles].map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="filter-status">{t.history.status}</label>
          <select id="filter-status" value={status} onChange={(event) => filter({ status: event.target.value })}>
            <option value="">{t.history.allStatuses}</option>
            {STATUSES.map((each) => (
              <option key={each} value={each}>
                {t.runStatus[each]}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="filter-from">{t.history.from}</label>
          <input
            id="filter-from"
            type="date"
            value={from}
            aria-invalid={isBadRange}
            aria-describedby="filter-flaw"
            onChange={(event) => filter({ from: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor="filter-to">{t.history.to}</label>
          <input
            id="filter-to"
            type="date"
            value={to}
            aria-invalid={isBadRange}
            aria-describedby="filter-flaw"
            onChange={(event) => filter({ to: event.target.value })}
          />
        </div>
        {isFiltered && (
          <Button kind="quiet" onClick={() => replacePath(paths.history)}>
            {t.history.reset}
          </Button>
        )}
      </form>
      <p className="flaw" id="filter-flaw" role="status">
        {isBadRange ? t.history.badRange : undefined}
      </p>
      {first.error !== undefined ? (
        <ErrorNote error={first.error} onRetry={first.reload} />
      ) : first.data === undefined ? (
        <Loading />
      ) : runs.length === 0 && cursor === null ? (
        <p className="empty-list">{isFiltered ? t.history.emptyFiltered : t.history.empty}</p>
      ) : (
        <ul className="runs" aria-label={t.history.table}>
          {runs.map((run) => (
            <Run key={run.executionArn} run={run} title={titles.get(run.goalId) ?? t.history.goalGone} />
          ))}
        </ul>
      )}
      <ErrorNote error={next.error} />
      {cursor !== null && first.data !== undefined && (
        <p className="more">
          <Button disabled={next.isRunning} onClick={() => next.run(cursor)}>
            {next.isRunning ? t.common.loading : t.common.more}
          </Button>
        </p>
      )}
    </>
  );
}
