import { bestEffort } from '../aws/best-effort.ts';
import type { Log } from '../log/logger.ts';
import type { Executions } from './executions.ts';
import { renewProgress } from './progress.ts';

/** Executions that a process remembers; each is forgotten once so many others came after it. */
const REMEMBERED = 100;

/**
 * Makes what keeps the record of an execution from growing old in the middle of a batch (requirement 6). It was written when
 * the batch began, and this process remembers when it wrote or read it last: as long as either is younger than `graceMs`,
 * nothing is asked of the database. What it makes never fails.
 */
export function createProgressRefresher(
  executions: Executions,
  graceMs: number,
  log: Pick<Log, 'warn'>,
  renew: typeof renewProgress = renewProgress,
): (input: { readonly executionArn: string; readonly batchStartedAt: string }) => Promise<void> {
  /** In milliseconds since the epoch, by the execution's ARN; the one that was looked at last comes last. */
  const writtenAt = new Map<string, number>();
  function remember(executionArn: string, at: Date): void {
    writtenAt.delete(executionArn);
    writtenAt.set(executionArn, at.getTime());
    const [oldest = executionArn] = writtenAt.keys();
    if (writtenAt.size > REMEMBERED) writtenAt.delete(oldest);
  }
  return async ({ executionArn, batchStartedAt }) => {
    const now = executions.now();
    const last = Math.max(Date.parse(batchStartedAt), writtenAt.get(executionArn) ?? 0);
    if (now.getTime() - last <= graceMs) return;
    // Until it is done, and if it fails, other saves of this process need not try the same.
    remember(executionArn, now);
    await bestEffort(log, 'the progress could not be refreshed', { executionArn }, async () => {
      remember(executionArn, await renew(executions, executionArn, graceMs));
    });
  };
}
