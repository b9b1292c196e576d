import { bodyOf } from '@goal-activity/client/client.ts';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { useServices } from '../../services.ts';

interface CancelDialogProps {
  readonly executionArn: string;
  /** Tasks that this execution has saved so far. */
  readonly taskCount: number;
  onClose(): void;
  onCancelled(): void;
}

export function CancelDialog({ executionArn, taskCount, onClose, onCancelled }: CancelDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  return (
    <ConfirmDialog
      title={t.cancelDialog.title}
      confirm={t.cancelDialog.confirm}
      confirming={t.cancelDialog.cancelling}
      dismiss={t.cancelDialog.goOn}
      isDangerous
      onClose={onClose}
      action={async () => {
        const params = { path: { executionArn } };
        await bodyOf(api.POST('/api/workflows/{executionArn}/cancel', { params, body: {} }));
        onCancelled();
      }}
    >
      <ul className="plain-steps">
        <li>{t.cancelDialog.removes(taskCount)}</li>
        <li>{t.cancelDialog.keeps}</li>
        <li>{t.cancelDialog.cost}</li>
      </ul>
    </ConfirmDialog>
  );
}
