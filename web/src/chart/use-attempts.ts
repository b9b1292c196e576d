import { bodyOf } from '@goal-activity/client/client.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { useLoad } from '../hooks.ts';
import { useServices } from '../services.ts';

/**
 * How often the AI was asked about each action in a run that is over, by action id; empty as long as it is not known.
 * @param run undefined as long as nobody wants to know
 */
export function useAttempts(run: ExecutionStatus | undefined): ReadonlyMap<string, number> {
  const { api } = useServices();
  const executionArn = run === undefined || run.status === 'RUNNING' ? undefined : run.executionArn;
  const { data } = useLoad(executionArn ?? '', async (signal) => {
    if (executionArn === undefined) return;
    return bodyOf(api.GET('/api/workflows/{executionArn}/history', { params: { path: { executionArn } }, signal }));
  });
  const attempts = new Map<string, number>();
  for (const { actionId, attempt } of data?.events ?? []) {
    if (actionId !== null) attempts.set(actionId, Math.max(attempts.get(actionId) ?? 1, attempt ?? 1));
  }
  return attempts;
}
