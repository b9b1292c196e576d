import { bodyOf } from '@goal-activity/client/client.ts';
import type { Estimate, Goal } from '@goal-activity/client/types.ts';
import { Facts } from '../../components/basics.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
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

/** `jp.anthropic.claude-haiku-4-5-20251001-v1:0` is "claude-haiku-4-5": without who sells it where, and in which edition. */
const modelName = (modelId: string) => (modelId.split('.').at(-1) ?? modelId).replace(/(-\d{8})?(-v\d+)?(:\d+)?$/, '');

/** What the API expects of the run. The estimate is a courtesy: a run can be started without it. */
function EstimateFacts({ estimate, isMissing }: { estimate: Estimate | undefined; isMissing: boolean }) {
  const { t, format } = useTexts();
  const { time, money, about } = t.startDialog;
  const { seconds, usd, modelId = '', basis, inputTokensPerAction = 0, outputTokensPerAction = 0 } = estimate ?? {};
  const known = (value: string | undefined) => (value === undefined ? '…' : about(value));
  const tokens = [inputTokensPerAction, outputTokensPerAction].map(format.number);
  const hint = {
    recent_runs: t.estimate.recent_runs(modelName(modelId), tokens[0] ?? '', tokens[1] ?? ''),
    typical: t.estimate.typical(modelName(modelId)),
  };
  return (
    <>
      {!isMissing && (
        <Facts
          facts={[
            [time, known(seconds === undefined ? undefined : format.duration(seconds))],
            [money, known(usd === undefined ? undefined : format.money(usd))],
          ]}
        />
      )}
      <p className="hint estimate-hint" aria-live="polite">
        {isMissing ? t.estimate.unavailable : basis && hint[basis]}
      </p>
    </>
  );
}

/** Says what a run does, how long it takes and what it costs, by the API's estimate. */
export function StartDialog({ goal: { goalId }, retried, count, onClose }: StartDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  const estimate = useLoad(`estimate of ${goalId}`, (signal) =>
    bodyOf(api.GET('/api/goals/{goalId}/estimate', { params: { path: { goalId } }, signal })),
  );
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
      <EstimateFacts estimate={estimate.data} isMissing={estimate.error !== undefined} />
    </RunDialog>
  );
}
