import { bodyOf } from '@goal-activity/client/client.ts';
import { Dialog } from '../../components/dialog.tsx';
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
  const { api } = useServices();
  const { title, removes, keeps, cost, confirm, cancelling, goOn } = useTexts().t.cancelDialog;
  return (
    <Dialog
      title={title}
      steps={[removes(taskCount), keeps, cost]}
      confirm={confirm}
      confirming={cancelling}
      dismiss={goOn}
      isDangerous
      onClose={onClose}
      action={async () => {
        const params = { path: { executionArn } };
        await bodyOf(api.POST('/api/workflows/{executionArn}/cancel', { params, body: {} }));
        onClose();
        onCancelled();
      }}
    />
  );
}
