import { bodyOf } from '@goal-activity/client/client.ts';
import type { StartedExecution } from '@goal-activity/client/types.ts';
import { type ReactNode, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '../components/dialog.tsx';
import { useTexts } from '../i18n/context.tsx';
import { paths } from '../paths.ts';
import { whenAdmitted } from './admission.ts';

interface RunDialogProps {
  readonly title: string;
  /** What will happen. */
  readonly steps: readonly string[];
  readonly confirm: string;
  readonly children: ReactNode;
  onClose(): void;
  /** Sends the request that starts it. */
  start(): Promise<{ data?: StartedExecution; response: Response }>;
}

/** Asks whether to start an execution, starts it, and goes on to its page. While too many people's run, it waits for its turn. */
export function RunDialog({ start, children, ...dialog }: RunDialogProps) {
  const { t, format } = useTexts();
  const [, navigate] = useLocation();
  const [triesAt, setTriesAt] = useState<Date>();
  const [turnedAway] = useState(() => new AbortController());
  useEffect(() => () => turnedAway.abort(), [turnedAway]);
  return (
    <Dialog
      {...dialog}
      confirming={triesAt === undefined ? t.startDialog.starting : t.startDialog.waiting}
      action={async () => {
        const waiting = { onWait: setTriesAt, signal: turnedAway.signal };
        const { executionArn } = await whenAdmitted(() => bodyOf(start()), waiting).finally(() =>
          setTriesAt(undefined),
        );
        navigate(paths.run(executionArn));
      }}
    >
      {children}
      <div role="status">
        {triesAt && <p className="note note-info">{t.startDialog.busy(format.time(triesAt.toISOString()))}</p>}
      </div>
    </Dialog>
  );
}
