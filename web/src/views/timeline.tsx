import type { ReactNode } from 'react';
import type { Goal } from '../api/types.ts';
import { ErrorNote, Loading } from '../components/basics.tsx';
import { useTexts } from '../i18n/context.tsx';
import { barsOf } from '../run/timeline.ts';
import { useLoad, useServices } from '../services.tsx';

const MOST_EVENTS = 500;

/** A table that scrolls on its own; it takes the focus, so that arrow keys can scroll it. */
function TableFrame({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-frame" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** A run step by step: a chart of bars, and the same as a table for those who cannot see it. */
export function Timeline({ executionArn, goal }: { executionArn: string; goal: Goal }) {
  const { t, format } = useTexts();
  const { api } = useServices();
  const history = useLoad(executionArn, (signal) =>
    api.call('GET /api/workflows/{executionArn}/history', { path: { executionArn }, signal }),
  );
  const stateName = (state: string) => t.timeline.states[state] ?? state;
  const titles = new Map(goal.actions.map(({ actionId, title }) => [actionId, title]));

  function content() {
    if (history.error !== undefined) {
      return <ErrorNote error={history.error} onRetry={history.reload} />;
    }
    if (history.data === undefined) return <Loading />;
    const { bars, totalMs } = barsOf(history.data.states);
    const { events } = history.data;
    if (bars.length === 0) return <p className="soft">{t.timeline.unavailable}</p>;
    const ticks = [0, 0.25, 0.5, 0.75, 1];
    return (
      <>
        <figure className="timeline-chart">
          <div role="img" aria-label={t.timeline.summary(bars.length, format.shortDuration(totalMs))}>
            {bars.map(({ state, left, width, durationMs, count }) => (
              <div className="timeline-row" key={state}>
                <span className="timeline-name">
                  {stateName(state)}
                  {count > 1 && <span className="soft"> {t.timeline.count(count)}</span>}
                </span>
                <span className="timeline-track">
                  <span
                    className="timeline-bar"
                    style={{ left: `${left * 100}%`, width: `max(3px, ${width * 100}%)` }}
                  />
                </span>
                <span className="timeline-time">{format.shortDuration(durationMs)}</span>
              </div>
            ))}
            <div className="timeline-row timeline-axis">
              <span />
              <span className="timeline-track">
                {ticks.map((tick) => (
                  <span key={tick} style={{ left: `${tick * 100}%` }}>
                    {tick === 0 ? '0' : format.shortDuration(totalMs * tick)}
                  </span>
                ))}
              </span>
              <span />
            </div>
          </div>
        </figure>
        <details className="timeline-table">
          <summary>{t.timeline.table}</summary>
          <TableFrame label={t.timeline.table}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.timeline.step}</th>
                  <th scope="col">{t.timeline.start}</th>
                  <th scope="col">{t.timeline.duration}</th>
                  <th scope="col">{t.timeline.times}</th>
                </tr>
              </thead>
              <tbody>
                {bars.map(({ state, startMs, durationMs, count }) => (
                  <tr key={state}>
                    <th scope="row">{stateName(state)}</th>
                    <td>{format.shortDuration(startMs)}</td>
                    <td>{format.shortDuration(durationMs)}</td>
                    <td>{format.number(count)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
        </details>
        <details className="timeline-table">
          <summary>{t.timeline.events(events.length)}</summary>
          <TableFrame label={t.timeline.events(events.length)}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.timeline.at}</th>
                  <th scope="col">{t.timeline.step}</th>
                  <th scope="col">{t.timeline.what}</th>
                  <th scope="col">{t.timeline.duration}</th>
                </tr>
              </thead>
              <tbody>
                {events.slice(0, MOST_EVENTS).map((event) => (
                  <tr key={event.id}>
                    <td>{format.time(event.at)}</td>
                    <td>{event.state === null ? t.timeline.kind[event.kind] : stateName(event.state)}</td>
                    <td>
                      {[
                        event.kind === 'state' ? undefined : t.timeline.kind[event.kind],
                        event.attempt === null ? undefined : t.timeline.attempt(event.attempt),
                        event.actionId === null ? undefined : titles.get(event.actionId),
                        event.error ?? undefined,
                      ]
                        .filter((part) => part !== undefined)
                        .join(' · ')}
                    </td>
                    <td>{event.durationMs === null ? '' : format.shortDuration(event.durationMs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
        </details>
      </>
    );
  }

  return (
    <section className="timeline" aria-labelledby="timeline-heading">
      <div className="section-head">
        <div>
          <h2 id="timeline-heading">{t.timeline.title}</h2>
          <p className="soft">{t.timeline.intro}</p>
        </div>
      </div>
      {content()}
    </section>
  );
}
