import { bodyOf } from '@goal-activity/client/client.ts';
import type { Action } from '@goal-activity/client/types.ts';
import { Facts } from '../components/basics.tsx';
import { useLoad } from '../hooks.ts';
import { useTexts } from '../i18n/context.tsx';
import { RunDialog } from '../run/run-dialog.tsx';
import { useServices } from '../services.ts';

interface AgainDialogProps {
  readonly goalId: string;
  readonly action: Action;
  /** Tasks of the action, and those of them that a person has changed or added. */
  readonly total: number;
  readonly touched: number;
  onClose(): void;
}

/** Has the tasks of one action made again, after saying which of them stay and what it costs. */
export function AgainDialog({ goalId, action, total, touched, onClose }: AgainDialogProps) {
  const { t, format } = useTexts();
  const { api } = useServices();
  // The estimate is a courtesy: null when it cannot be had.
  const estimate = useLoad(`the price of ${goalId}`, (signal) =>
    bodyOf(api.GET('/api/goals/{goalId}/estimate', { params: { path: { goalId } }, signal })).catch(() => null),
  ).data;
  const usd =
    estimate &&
    (estimate.inputTokensPerAction * estimate.inputUsdPerMillionTokens +
      estimate.outputTokensPerAction * estimate.outputUsdPerMillionTokens) /
      1_000_000;
  return (
    <RunDialog
      title={t.again.title}
      steps={[t.again.asks(action.title), t.again.replaces(total - touched), t.again.keeps(touched)]}
      confirm={t.again.confirm}
      start={() =>
        api.POST('/api/goals/{goalId}/actions/{actionId}/make-again', {
          params: { path: { goalId, actionId: action.actionId } },
        })
      }
      onClose={onClose}
    >
      {/* Its place is kept while it loads, so that the buttons do not move away from the pointer. */}
      {usd !== null && (
        <Facts facts={[[t.startDialog.money, usd === undefined ? '…' : t.startDialog.about(format.money(usd))]]} />
      )}
    </RunDialog>
  );
}
