import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, createApiClient } from '@goal-activity/client/client.ts';
import type { Bedrock } from './bedrock/bedrock.ts';

/** As many as are worked on at once, so that every connection that a run needs is open. */
const ACTIONS = 24;
const POLL_MS = 20;
const GIVE_UP_MS = 20_000;

/**
 * Runs a small goal of a user of its own once, with an AI that answers at once, so that a measurement that follows
 * sees a system in use: compiled code and open connections, not the first call of new processes (on this stack
 * about half a second in all; on AWS a cold start, which a first run after a quiet time has as well).
 * @throws Error when a call is refused or the run does not end
 */
export async function warmUp(
  url: string,
  token: string,
  bedrock: Pick<Bedrock, 'settings' | 'configure'>,
): Promise<void> {
  const api = createApiClient({ baseUrl: url, token: () => token });
  const { latencyMs, faults } = bedrock.settings();
  const none = Object.fromEntries(Object.keys(faults).map((fault) => [fault, 0]));
  bedrock.configure({ latencyMs: '1', faults: none });
  try {
    const actions = Array.from({ length: ACTIONS }, (_, index) => ({
      title: `Warm up ${index + 1}`,
      type: 'execution' as const,
    }));
    const { goalId } = await bodyOf(api.POST('/api/goals', { body: { title: 'Warm up', actions } }));
    const ofGoal = { params: { path: { goalId } } };
    const { executionArn } = await bodyOf(api.POST('/api/goals/{goalId}/start-activity', ofGoal));
    const ofRun = { params: { path: { executionArn } } };
    const giveUpAt = performance.now() + GIVE_UP_MS;
    while ((await bodyOf(api.GET('/api/workflows/{executionArn}/status', ofRun))).status === 'RUNNING') {
      if (performance.now() > giveUpAt) throw new Error('the first run of the stack does not end');
      await sleep(POLL_MS);
    }
    await api.GET('/api/goals/{goalId}/tasks', ofGoal);
  } finally {
    bedrock.configure({ latencyMs, faults });
  }
}
