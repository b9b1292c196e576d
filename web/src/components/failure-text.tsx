import type { FailedAction } from '@goal-activity/client/types.ts';
import { useTexts } from '../i18n/context.tsx';
import { type FailureKind, failureKind } from '../run/failures.ts';

export const kindOf = ({ error, reason }: FailedAction): FailureKind => failureKind(error, reason);

/** Why an action failed, in words. */
export function FailureText({ kind }: { kind: FailureKind }) {
  const { what, next } = useTexts().t.failure[kind];
  return (
    <p>
      <strong>{what}</strong> {next}
    </p>
  );
}
