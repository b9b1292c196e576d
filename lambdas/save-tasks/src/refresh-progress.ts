import { bestEffort } from '@goal-activity/core/best-effort.ts';
import type { Log } from '@goal-activity/core/logger.ts';
import type { Input } from './save-tasks.ts';

/** Executions that a process remembers; each is forgotten once so many others came after it. */
const REMEMBERED = 100;

/**
 * Makes what brings an execution's record up to its outcomes after a save, so that the record is not much older than the
 * last save (requirement 6). It was written when the batch began, and this process remembers when it wrote or read it
 * last: as long as either is younger than `graceMs`, nothing is asked of the database.
 * @param record writes the record if it is older than that, and says when it was written last
 */
export function createProgressRefresher({
  record,
  graceMs,
  log,
}: {
  record(executionArn: string, now: Date): Promise<Date>;
  readonly graceMs: number;
  readonly log: Pick<Log, 'warn'>;
}): (input: Pick<Input, 'executionArn' | 'batchStartedAt'>, now: Date) => Promise<void> {
  /** In milliseconds since the epoch, by the execution's ARN; the one that was looked at last comes last. */
  const writtenAt = new Map<string, number>();
  function remember(executionArn: string, at: Date): void {
    writtenAt.delete(executionArn);
    writtenAt.set(executionArn, at.getTime());
    for (const oldest of writtenAt.keys()) {
      if (writtenAt.size <= REMEMBERED) break;
      writtenAt.delete(oldest);
    }
  }
  return async ({ executionArn, batchStartedAt }, now) => {
    const last = Math.max(Date.parse(batchStartedAt), writtenAt.get(executionArn) ?? 0);
    if (now.getTime() - last <= graceMs) return;
    // Until it is done, and if it fails, other saves of this process need not try the same.
    remember(executionArn, now);
    await bestEffort(log, 'the progress could not be refreshed', { executionArn }, async () => {
      remember(executionArn, await record(executionArn, now));
    });
  };
}
