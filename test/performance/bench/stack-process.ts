import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, createApiClient } from '@goal-activity/client/client.ts';
import { localToken } from '@goal-activity/client/local-token.ts';
import { type StackProcess, startProcess } from '../../support/stack/process.ts';

type Environment = Readonly<Record<string, string>>;

const POLL_MS = 10;

/** Does something with a new folder, which is gone afterwards. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'goal-activity-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Does something with what `make start` runs, in a process of its own, which is ended afterwards. */
export async function withStack<Result>(
  environment: Environment,
  use: (stack: StackProcess) => Promise<Result>,
): Promise<Result> {
  const stack = await startProcess(environment);
  try {
    return await use(stack);
  } finally {
    await stack.end('SIGTERM');
  }
}

/** A person at a stack, who starts goals and waits for their ends. */
export async function signIn(url: string, userId: string) {
  const token = await localToken(url, userId);
  const api = createApiClient({ baseUrl: url, token: () => token });
  const statusOf = (executionArn: string) =>
    bodyOf(api.GET('/api/workflows/{executionArn}/status', { params: { path: { executionArn } } }));
  return {
    token,
    async createGoal(actionCount: number): Promise<string> {
      const actions = Array.from({ length: actionCount }, (_, index) => ({
        title: `Walk ${index + 1} km`,
        type: 'execution' as const,
      }));
      return (await bodyOf(api.POST('/api/goals', { body: { title: 'Walk across the country', actions } }))).goalId;
    },
    /** @returns ARN of the execution */
    async start(goalId: string): Promise<string> {
      const call = { params: { path: { goalId } } };
      return (await bodyOf(api.POST('/api/goals/{goalId}/start-activity', call))).executionArn;
    },
    /** @throws Error when it ends in another way than with all tasks saved */
    async untilSucceeded(executionArn: string, pollMs = POLL_MS): Promise<void> {
      for (;;) {
        const { status } = await statusOf(executionArn);
        if (status === 'SUCCEEDED') return;
        if (status !== 'RUNNING') throw new Error(`the run that is measured ended as ${status}`);
        await sleep(pollMs);
      }
    },
  };
}

/** Milliseconds that something takes. */
export async function timed<Result>(act: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const startedAt = performance.now();
  const result = await act();
  return { ms: performance.now() - startedAt, result };
}
