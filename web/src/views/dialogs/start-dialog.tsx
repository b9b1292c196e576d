import { bodyOf } from '@goal-activity/client/client.ts';
import type { Goal } from '@goal-activity/client/types.ts';
import { Facts } from '../../components/basics.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { estimateRun } from '../../run/estimate.ts';
import { RunDialog } from '../../run/run-dialog.tsx';
import { useServices } from '../../services.ts';

interface StartDialogProps {
  readonly goal: Goal;
  /** The execution whose actions without tasks are tried again, by a new one; undefined for all actions of the goal. */
  readonly retried?: string;
  /** Actions that the AI will be asked about. */
  readonly count: number;
  onClose(): void;
}

/** Says what a run does, how long it takes and what it costs, going by this person's last run where there is one. */
export function StartDialog({ goal: { goalId }, retried, count, onClose }: StartDialogProps) {
  const { t, format } = useTexts();
  const { api } = useServices();
  // The estimate is a courtesy: without the list of runs it goes by what is usual.
  const runs = useLoad('the last runs', (signal) =>
    bodyOf(api.GET('/api/workflows', { params: { query: { limit: 5 } }, signal })).catch(() => undefined),
  );
  const { seconds, usd, isMeasured } = estimateRun(count, runs.data?.items);
  const { startDialog, retryDialog } = t;
  const { title, confirm } = retried === undefined ? startDialog : retryDialog;
  const steps =
    retried === undefined
      ? [startDialog.asks(count), startDialog.adds(count), startDialog.canCancel]
      : [retryDialog.asks(count), retryDialog.keeps];
  const start = () =>
    retried === undefined
      ? api.POST('/api/goals/{goalId}/start-activity', { params: { path: { goalId } } })
      : api.POST('/api/workflows/{executionArn}/retry', { params: { path: { executionArn: retried } } });
  return (
    <RunDialog title={title(count)} steps={steps} confirm={confirm} start={start} onClose={onClose}>
      <Facts
        facts={[
          [startDialog.time, startDialog.about(format.duration(seconds))],
          [startDialog.money, startDialog.about(format.money(usd))],
        ]}
      />
      <p className="hint">{isMeasured ? startDialog.measured : startDialog.usual}</p>
    </RunDialog>
  );
}
