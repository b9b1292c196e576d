import { setTimeout as sleep } from 'node:timers/promises';
import type { Bedrock } from './bedrock/bedrock.ts';

/** As many as are worked on at once, so that every connection that a run needs is open. */
const ACTIONS = 24;
const POLL_MS = 20;
const GIVE_UP_MS = 20_000;

const fieldOf = (body: unknown, name: string): string => {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  if (typeof value !== 'string') throw new Error(`an answer of the stack lacks ${name}: ${JSON.stringify(body)}`);
  return value;
};

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
  const call = async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { latencyMs, faults } = bedrock.settings();
  const none = Object.fromEntries(Object.keys(faults).map((fault) => [fault, 0]));
  bedrock.configure({ latencyMs: '1', faults: none });
  try {
    const actions = Array.from({ length: ACTIONS }, (_, index) => ({
      title: `Warm up ${index + 1}`,
      type: 'execution',
    }));
    const goalId = fieldOf(await call('POST', '/api/goals', { title: 'Warm up', actions }), 'goalId');
    const executionArn = fieldOf(await call('POST', `/api/goals/${goalId}/start-activity`), 'executionArn');
    const path = `/api/workflows/${encodeURIComponent(executionArn)}/status`;
    const giveUpAt = performance.now() + GIVE_UP_MS;
    while (fieldOf(await call('GET', path), 'status') === 'RUNNING') {
      if (performance.now() > giveUpAt) throw new Error('the first run of the stack does not end');
      await sleep(POLL_MS);
    }
    await call('GET', `/api/goals/${goalId}/tasks`);
  } finally {
    bedrock.configure({ latencyMs, faults });
  }
}
