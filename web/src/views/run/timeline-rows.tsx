import type { Goal } from '@goal-activity/client/types.ts';
import { type KeyboardEvent, useState } from 'react';
import { Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import type { Messages } from '../../i18n/en/en.ts';
import { langOf } from '../../i18n/own-text.ts';
import { type ActionRow, type Attempt, type Rows, SORTS, type Sort, sortRows } from '../../run/history/timeline.ts';
import { nameOf } from './timeline-states.tsx';

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** What kind of a bar an attempt is: its look, and its name in the legend. */
const kindOf = ({ error, state }: Attempt) => (error !== null ? 'failed' : state === 'SaveTasks' ? 'saving' : 'asking');
const KINDS = ['asking', 'failed', 'saving'] as const;

/** In words, or else the class of the error. */
function errorText(error: string, { timelineRows }: Messages): string {
  const texts: Readonly<Record<string, string>> = timelineRows.errors;
  return texts[error] ?? timelineRows.failed(error);
}

/** The attempts over the time of the run; a thin line joins them, since an action waits between two. */
function Track({ attempts }: { attempts: readonly Attempt[] }) {
  const [first] = attempts;
  const end = Math.max(...attempts.map(({ left, width }) => left + width));
  return (
    <span className="timeline-track" aria-hidden="true">
      {first !== undefined && (
        <span
          className="timeline-wait"
          style={{ left: `${first.left * 100}%`, width: `${(end - first.left) * 100}%` }}
        />
      )}
      {attempts.map((attempt) => (
        <span
          key={`${attempt.state} ${attempt.number}`}
          className="timeline-bar"
          data-kind={kindOf(attempt)}
          style={{ left: `min(${attempt.left * 100}%, 100% - 4px)`, width: `max(4px, ${attempt.width * 100}%)` }}
        />
      ))}
    </span>
  );
}

/** When each attempt began, how long it took, and how it ended. */
function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  const { t, format } = useTexts();
  if (attempts.length === 0) return <p className="timeline-attempts soft">{t.timelineRows.neverBegan}</p>;
  return (
    <ol className="timeline-attempts">
      {attempts.map((attempt) => {
        const { state, number, at, durationMs, error } = attempt;
        const parts = [
          format.time(at),
          durationMs === null ? undefined : format.shortDuration(durationMs),
          error === null ? undefined : errorText(error, t),
        ];
        return (
          <li key={`${state} ${number}`} data-kind={kindOf(attempt)}>
            <strong>
              {nameOf(state, t)}
              {number > 1 && `, ${t.timeline.attempt(number)}`}
            </strong>{' '}
            {parts.filter((part) => part !== undefined).join(' · ')}
          </li>
        );
      })}
    </ol>
  );
}

interface RowProps {
  readonly row: ActionRow;
  readonly title: string;
  readonly isInTabOrder: boolean;
  onFocus(): void;
}

function Row({ row, title, isInTabOrder, onFocus }: RowProps) {
  const { t, format } = useTexts();
  const { phase, attempts, durationMs } = row;
  const asked = attempts.filter(({ state }) => state === 'GenerateTasks').length;
  return (
    <li>
      <details className="timeline-action" data-phase={phase}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is a button */}
        <summary className="timeline-row" tabIndex={isInTabOrder ? 0 : -1} onFocus={onFocus}>
          <span className="timeline-name" title={title}>
            <Icon name={phase} />
            <span className="visually-hidden">{t.phase[phase]}: </span>
            <span className="timeline-title" lang={langOf(title)}>
              {title}
            </span>
          </span>
          <Track attempts={attempts} />
          <span className="timeline-time">
            {asked > 1 && <span className="timeline-count">{t.timelineRows.attempts(asked)}, </span>}
            {durationMs === null ? '–' : format.shortDuration(durationMs)}
          </span>
        </summary>
        <Attempts attempts={attempts} />
      </details>
    </li>
  );
}

/** Arrow keys go from row to row: one of them is in the tab order, or sixty-four would be in the way of what follows. */
function goOn(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('summary')];
  const at = event.target instanceof HTMLElement ? rows.indexOf(event.target) : -1;
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (at === -1 || next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  rows[next]?.focus();
}

function SortChoice({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const { t } = useTexts();
  return (
    <fieldset className="options">
      <legend>{t.timelineRows.sort}</legend>
      {SORTS.map((each) => (
        <label key={each}>
          <input type="radio" name="timeline-sort" checked={each === sort} onChange={() => onSort(each)} />
          <span>{t.timelineRows.sorts[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The times along the top, and what the bars mean. */
function Axis({ totalMs }: { totalMs: number }) {
  const { t, format } = useTexts();
  return (
    <>
      <ul className="timeline-legend" aria-hidden="true">
        {KINDS.map((kind) => (
          <li key={kind}>
            <span className="timeline-bar" data-kind={kind} /> {t.timelineRows.kinds[kind]}
          </li>
        ))}
      </ul>
      <div className="timeline-row timeline-axis" aria-hidden="true">
        <span className="timeline-name" />
        <span className="timeline-track">
          {TICKS.map((tick) => (
            <span key={tick} style={{ left: `${tick * 100}%` }}>
              {tick === 0 ? '0' : format.shortDuration(totalMs * tick)}
            </span>
          ))}
        </span>
        <span className="timeline-time" />
      </div>
    </>
  );
}

/** A row for each action, to be sorted and opened. */
export function ActionRows({ rows, totalMs, goal }: Rows & { goal: Goal }) {
  const { t } = useTexts();
  const [sort, setSort] = useState<Sort>('order');
  const [current, setCurrent] = useState<string>();
  const titles = new Map(goal.actions.map(({ actionId, title }) => [actionId, title]));
  const sorted = sortRows(rows, sort);
  const inTabOrder = sorted.find(({ actionId }) => actionId === current) ?? sorted[0];
  return (
    <div className="timeline-chart">
      <SortChoice sort={sort} onSort={setSort} />
      <Axis totalMs={totalMs} />
      <ol className="timeline-actions" aria-label={t.timelineRows.label} onKeyDown={goOn}>
        {sorted.map((row) => (
          <Row
            key={row.actionId}
            row={row}
            title={titles.get(row.actionId) ?? t.timelineRows.removed}
            isInTabOrder={row === inTabOrder}
            onFocus={() => setCurrent(row.actionId)}
          />
        ))}
      </ol>
    </div>
  );
}
