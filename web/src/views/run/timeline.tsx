import { bodyOf } from '@goal-activity/client/client.ts';
import type { ExecutionStatus, Goal } from '@goal-activity/client/types.ts';
import { Loading } from '../../components/basics.tsx';
import { ErrorNote } from '../../components/errors.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { rowsOf } from '../../run/history/timeline.ts';
import { useServices } from '../../services.ts';
import { ActionRows } from './timeline-rows.tsx';
import { States } from './timeline-states.tsx';

/** A run that has ended: what became of each action, and when; and what the state machine did, for those who run it. */
export function Timeline({ status, goal }: { status: ExecutionStatus; goal: Goal }) {
  const { t, format } = useTexts();
  const { api } = useServices();
  const { executionArn } = status;
  const { data, error, reload } = useLoad(executionArn, (signal) =>
    bodyOf(api.GET('/api/workflows/{executionArn}/history', { params: { path: { executionArn } }, signal })),
  );
  const rows = data && rowsOf(data, status);
  const timeAt = (milliseconds: number) => format.time(new Date(milliseconds).toISOString());
  return (
    <section className="timeline" aria-labelledby="timeline-heading">
      <div className="section-head">
        <div>
          <h2 id="timeline-heading">{t.timeline.title}</h2>
          <p className="soft">
            {rows === undefined
              ? t.timeline.intro
              : t.timelineRows.span(
                  timeAt(rows.beginMs),
                  timeAt(rows.beginMs + rows.totalMs),
                  format.shortDuration(rows.totalMs),
                )}
          </p>
        </div>
      </div>
      {error !== undefined && <ErrorNote error={error} onRetry={reload} />}
      {rows !== undefined && <ActionRows {...rows} goal={goal} />}
      {data !== undefined && (
        <details className="timeline-details">
          <summary>{t.timelineRows.details}</summary>
          <States history={data} goal={goal} />
        </details>
      )}
      {error === undefined && data === undefined && <Loading />}
    </section>
  );
}
