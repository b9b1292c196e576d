import { useTexts } from '../i18n/context.tsx';
import type { FailureKind } from '../run/failures.ts';

/** Why an action failed, in words. */
export function FailureText({ kind }: { kind: FailureKind }) {
  const { what, next } = useTexts().t.failure[kind];
  return (
    <p>
      <strong>{what}</strong> {next}
    </p>
  );
}
