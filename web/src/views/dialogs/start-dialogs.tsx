import { bodyOf } from '@goal-activity/client/client.ts';
import type { Goal } from '@goal-activity/client/types.ts';
import { useLocation } from 'wouter';
import { Facts } from '../../components/basics.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import { estimateRun } from '../../run/estimate.ts';
import { useServices } from '../../services.ts';

interface StartRunProps {
  readonly title: string;
  readonly confirm: string;
  /** Actions that the AI will be asked about. */
  readonly count: number;
  readonly steps: readonly string[];
  onClose(): void;
  start(): Promise<{ executionArn: string }>;
}

/**
 * Says what a run does, how long it takes and what it costs, going by this person's last run where there is one; starts
 * it, and goes on to its page.
 */
function StartRun({ count, start, ...dialog }: StartRunProps) {
  const { t, format } = useTexts();
  const { api } = useServices();
  const [, navigate] = useLocation();
  // The estimate is a courtesy: without the list of runs it goes by what is usual.
  const runs = useLoad('the last runs', (signal) =>
    bodyOf(api.GET('/api/workflows', { params: { query: { limit: 5 } }, signal })).catch(() => undefined),
  );
  const { seconds, usd, isMeasured } = estimateRun(count, runs.data?.items);
  return (
    <Dialog
      {...dialog}
      confirming={t.startDialog.starting}
      action={async () => navigate(paths.run((await start()).executionArn))}
    >
      <Facts
        facts={[
          [t.startDialog.time, t.startDialog.about(format.duration(seconds))],
          [t.startDialog.money, t.startDialog.about(format.money(usd))],
        ]}
      />
      <p className="hint">{isMeasured ? t.startDialog.measured : t.startDialog.usual}</p>
    </Dialog>
  );
}

export function StartDialog({ goal: { goalId, actions }, onClose }: { goal: Goal; onClose: () => void }) {
  const { t } = useTexts();
  const { api } = useServices();
  const count = actions.length;
  return (
    <StartRun
      title={t.startDialog.title(count)}
      steps={[t.startDialog.asks(count), t.startDialog.adds(count), t.startDialog.canCancel]}
      confirm={t.startDialog.confirm}
      count={count}
      onClose={onClose}
      start={() => bodyOf(api.POST('/api/goals/{goalId}/start-activity', { params: { path: { goalId } } }))}
    />
  );
}

interface RetryDialogProps {
  readonly executionArn: string;
  /** Actions without tasks. */
  readonly count: number;
  onClose(): void;
}

/** A new execution of the actions that have no tasks. */
export function RetryDialog({ executionArn, count, onClose }: RetryDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  return (
    <StartRun
      title={t.retryDialog.title(count)}
      steps={[t.retryDialog.asks(count), t.retryDialog.keeps]}
      confirm={t.retryDialog.confirm}
      count={count}
      onClose={onClose}
      start={() => bodyOf(api.POST('/api/workflows/{executionArn}/retry', { params: { path: { executionArn } } }))}
    />
  );
}
