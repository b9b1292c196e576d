import { setTimeout as sleep } from 'node:timers/promises';
import { ExecutionHistory } from '../support/history.ts';
import { type Row, textOf, useRows } from '../support/stack/rows.ts';
import { useScriptedGoals } from '../support/stack/scripted-goals.ts';
import type { Status } from '../support/stack/stack.ts';
import { AI_NEVER_FAILS, unkind } from '../support/stack/unkind.ts';

export const TIME_SCALE = 0.05;

/** What one look saw; times are milliseconds since the epoch. */
interface Look {
  readonly requestedAt: number;
  readonly answeredAt: number;
  readonly status: Status;
  readonly record: Row | undefined;
}

export const timeOf = (record: Row | undefined, name: string) => Date.parse(textOf(record, name) ?? '');

const UNKIND = unkind({
  // The script says how long each AI call takes, by which the estimate is judged.
  ...AI_NEVER_FAILS,
  aiSlow: 0,
  // Full goals at once, whose waits for a free Lambda are a twentieth of what they are on AWS, would use these up.
  lambdaConcurrency: 0,
  // The SDK waits for up to 1 s before it asks a busy database again: that would be 20 s of the record's age.
  databaseThrottle: 0,
  // It moves the begin of a batch by up to 1 s, which is 20 s here.
  wholeSeconds: 0,
});

/** A stack for the tests of one describe block whose runs are looked at, status and record, until they end. */
export function useLooks() {
  const { stack, start } = useScriptedGoals({ TIME_SCALE: String(TIME_SCALE), ...UNKIND });
  const rows = useRows(stack);

  /** Runs a goal whose AI calls take so many milliseconds. */
  return async (latencies: readonly number[]) => {
    const { user, executionArn } = await start(latencies.map((latencyMs) => () => ({ latencyMs })));
    const looks: Look[] = [];
    for (;;) {
      const requestedAt = Date.now();
      const reads = [user.getStatus(executionArn), rows.of('workflow-executions', executionArn)] as const;
      const [status, all] = await Promise.all(reads);
      const record = all.find((row) => textOf(row, 'sk') === 'EXECUTION');
      looks.push({ requestedAt, answeredAt: Date.now(), status, record });
      if (status.status !== 'RUNNING') break;
      await sleep(100);
    }
    const history = new ExecutionHistory(stack(), executionArn);
    const steps = history.invocations('SaveTasks', 'UpdateProgress');
    /** What a step took that waits for no AI: the noise of this machine. */
    const noiseMs = 100 + 2 * Math.max(...steps.map(({ startedAt, endedAt = startedAt }) => endedAt - startedAt));
    return { what: latencies.join(), looks, history, noiseMs };
  };
}

export type LookedAt = Awaited<ReturnType<ReturnType<typeof useLooks>>>;
