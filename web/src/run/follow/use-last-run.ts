import { bodyOf } from '@goal-activity/client/client.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { useLoad } from '../../hooks.ts';
import { useServices } from '../../services.ts';

/** The status of a goal's last run; undefined while it loads, and of one that the API has forgotten. */
export function useLastRun(executionArn: string | null | undefined): ExecutionStatus | undefined {
  const { api } = useServices();
  const { data } = useLoad(executionArn ?? '', async (signal) => {
    if (executionArn == null) return;
    return bodyOf(api.GET('/api/workflows/{executionArn}/status', { params: { path: { executionArn } }, signal }));
  });
  return data;
}
