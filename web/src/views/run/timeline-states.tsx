import type { ExecutionHistory, Goal, HistoryEvent } from '@goal-activity/client/types.ts';
import { useTexts } from '../../i18n/context.tsx';
import type { Messages } from '../../i18n/en/en.ts';
import { type Bars as BarsProps, barsOf } from '../../run/history/timeline.ts';

const MOST_EVENTS = 500;

interface TableProps {
  readonly label: string;
  readonly heads: readonly string[];
  readonly rows: readonly { readonly key: string | number; readonly cells: readonly string[] }[];
}

/** A table to be opened, which scrolls on its own; it takes the focus, so that arrow keys can scroll it. */
function Table({ label, heads, rows }: TableProps) {
  return (
    <details className="timeline-table">
      <summary>{label}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="table-frame" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells: [first, ...cells] }) => (
              <tr key={key}>
                <th scope="row">{first}</th>
                {cells.map((cell, column) => (
                  <td key={heads[column + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

/** The states as bars over the time that all of them took. */
function Bars({ bars, totalMs }: BarsProps) {
  const { t, format } = useTexts();
  return (
    <figure className="timeline-states">
      <div role="img" aria-label={t.timeline.summary(bars.length, format.shortDuration(totalMs))}>
        {bars.map(({ state, left, width, durationMs, count }) => (
          <div className="timeline-row" key={state}>
            <span className="timeline-name">
              {nameOf(state, t)}
              {count > 1 && <span className="soft"> {t.timeline.count(count)}</span>}
            </span>
            <span className="timeline-track">
              <span className="timeline-bar" style={{ left: `${left * 100}%`, width: `max(3px, ${width * 100}%)` }} />
            </span>
            <span className="timeline-time">{format.shortDuration(durationMs)}</span>
          </div>
        ))}
      </div>
    </figure>
  );
}

/** States of the workflow have names in the person's language; one that is new is shown by its own. */
export function nameOf(state: string, { timeline }: Messages): string {
  const names: Readonly<Record<string, string>> = timeline.states;
  return names[state] ?? state;
}

/** What the state machine did: its states as bars and as a table, and every event. */
export function States({ history, goal }: { history: ExecutionHistory; goal: Goal }) {
  const { t, format } = useTexts();
  const { bars, totalMs } = barsOf(history.states);
  if (bars.length === 0) return <p className="soft">{t.timeline.unavailable}</p>;
  const titles = new Map(goal.actions.map(({ actionId, title }) => [actionId, title]));
  const whatOf = ({ kind, attempt, actionId, error }: HistoryEvent) => [
    kind === 'state' ? undefined : t.timeline.kind[kind],
    attempt === null ? undefined : t.timeline.attempt(attempt),
    actionId === null ? undefined : titles.get(actionId),
    error ?? undefined,
  ];
  return (
    <>
      <Bars bars={bars} totalMs={totalMs} />
      <Table
        label={t.timeline.table}
        heads={[t.timeline.kind.state, t.timeline.start, t.run.took, t.timeline.times]}
        rows={bars.map(({ state, startMs, durationMs, count }) => ({
          key: state,
          cells: [
            nameOf(state, t),
            format.shortDuration(startMs),
            format.shortDuration(durationMs),
            format.number(count),
          ],
        }))}
      />
      <Table
        label={t.timeline.events(history.events.length)}
        heads={[t.timeline.at, t.timeline.kind.state, t.timeline.what, t.run.took]}
        rows={history.events.slice(0, MOST_EVENTS).map((event) => ({
          key: event.id,
          cells: [
            format.time(event.at),
            event.state === null ? t.timeline.kind[event.kind] : nameOf(event.state, t),
            whatOf(event)
              .filter((part) => part !== undefined)
              .join(' · '),
            event.durationMs === null ? '' : format.shortDuration(event.durationMs),
          ],
        }))}
      />
    </>
  );
}
