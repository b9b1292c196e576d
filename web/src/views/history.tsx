import { bodyOf } from '@goal-activity/client/client.ts';
import type { ListedExecution } from '@goal-activity/client/types.ts';
import { Link, useLocation, useSearch } from 'wouter';
import { Badge, Button, Heading, Loading } from '../components/basics.tsx';
import { ErrorNote } from '../components/errors.tsx';
import { Field } from '../components/field.tsx';
import { MorePages } from '../components/more-pages.tsx';
import { type Pages, useLoad, usePages } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import { paths } from '../paths.ts';
import { filtersOf, type HistoryFilters, isBackwards, rangeOf, STATUSES } from '../run/history/history-filters.ts';
import { useServices } from '../services.ts';

const PAGE_SIZE = 25;

function Run({ run, title }: { run: ListedExecution; title: string }) {
  const { t, format } = useTexts();
  const seconds = run.stopDate === null ? undefined : (Date.parse(run.stopDate) - Date.parse(run.startDate)) / 1000;
  return (
    <li className="run">
      <div className="run-name">
        <Link href={paths.run(run.executionArn)} lang={langOf(title)}>
          {title}
        </Link>
        <span className="soft">{format.dateTime(run.startDate)}</span>
      </div>
      <Badge status={run.status} />
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

const optionsOf = (names: Iterable<readonly [value: string, name: string]>) =>
  Array.from(names, ([value, name]) => (
    <option key={value} value={value}>
      {name}
    </option>
  ));

interface FiltersProps {
  readonly filters: HistoryFilters;
  readonly titles: ReadonlyMap<string, string>;
  onChange(filters: Partial<HistoryFilters>): void;
}

function Filters({ filters, titles, onChange }: FiltersProps) {
  const { t } = useTexts();
  const isBad = isBackwards(filters);
  return (
    <>
      <form className="filters" aria-label={t.history.filters} onSubmit={(event) => event.preventDefault()}>
        <Field
          as="select"
          id="filter-goal"
          label={t.create.goal}
          value={filters.goalId}
          onChange={(goalId) => onChange({ goalId })}
        >
          {optionsOf([['', t.history.allGoals], ...titles])}
        </Field>
        <Field
          as="select"
          id="filter-status"
          label={t.history.status}
          value={filters.status}
          onChange={(status) => onChange({ status: STATUSES.find((each) => each === status) ?? '' })}
        >
          {optionsOf([['', t.history.allStatuses], ...STATUSES.map((each) => [each, t.runStatus[each]] as const)])}
        </Field>
        {(['from', 'to'] as const).map((day) => (
          <Field
            as="input"
            type="date"
            key={day}
            id={`filter-${day}`}
            label={t.history[day]}
            value={filters[day]}
            aria-invalid={isBad}
            aria-describedby="filter-flaw"
            onChange={(value) => onChange({ [day]: value })}
          />
        ))}
        {Object.values(filters).some((value) => value !== '') && (
          <Button kind="quiet" onClick={() => onChange(filtersOf(''))}>
            {t.history.reset}
          </Button>
        )}
      </form>
      <p className="flaw" id="filter-flaw" role="status">
        {isBad ? t.history.badRange : undefined}
      </p>
    </>
  );
}

interface RunListProps extends Pick<FiltersProps, 'titles'> {
  readonly pages: Pages<ListedExecution>;
  readonly empty: string;
}

function RunList({ pages, titles, empty }: RunListProps) {
  const { t } = useTexts();
  if (pages.error !== undefined) return <ErrorNote error={pages.error} onRetry={pages.reload} />;
  if (pages.data === undefined) return <Loading />;
  if (pages.items.length === 0 && pages.cursor === null) return <p className="empty-list">{empty}</p>;
  return (
    <>
      <ul className="runs" aria-label={t.history.table}>
        {pages.items.map((run) => (
          <Run key={run.executionArn} run={run} title={titles.get(run.goalId) ?? t.history.goalGone} />
        ))}
      </ul>
      <MorePages pages={pages} />
    </>
  );
}

export default function HistoryView() {
  const { t } = useTexts();
  const { api } = useServices();
  const [, navigate] = useLocation();
  const search = useSearch();
  const filters = filtersOf(search);
  const { goalId, status } = filters;
  const pages = usePages(`runs ${search}`, async (page, signal) => {
    if (isBackwards(filters)) return { items: [], nextCursor: null };
    const query = { ...(goalId && { goalId }), ...(status && { status }), ...rangeOf(filters) };
    return bodyOf(api.GET('/api/workflows', { params: { query: { limit: PAGE_SIZE, ...query, ...page } }, signal }));
  });
  const goals = useLoad('goals of the history', (signal) =>
    bodyOf(api.GET('/api/goals', { params: { query: { limit: 100 } }, signal })),
  );
  const titles = new Map(goals.data?.items.map((goal) => [goal.goalId, goal.title]));
  if (goalId !== '' && !titles.has(goalId)) titles.set(goalId, t.history.goalGone);

  function filter(changes: Partial<HistoryFilters>): void {
    const given = Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== '');
    const query = new URLSearchParams(given).toString();
    navigate(query === '' ? paths.history : `${paths.history}?${query}`, { replace: true });
  }

  return (
    <>
      <div className="page-head">
        <div>
          <Heading title={t.nav.history} />
          <p className="lead">{t.history.intro}</p>
        </div>
      </div>
      <Filters filters={filters} titles={titles} onChange={filter} />
      <RunList pages={pages} titles={titles} empty={search === '' ? t.history.empty : t.history.emptyFiltered} />
    </>
  );
}
