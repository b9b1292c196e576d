import { retryAfterOf } from '@goal-activity/client/errors.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { useEffect, useState } from 'react';
import { useServices } from '../services.ts';
import { type Connection, Follower } from './follower.ts';

export type Followed = ReturnType<typeof useExecution>;

/** Follows an execution as long as it is shown. */
export function useExecution(executionArn: string) {
  const { api } = useServices();
  const [status, setStatus] = useState<ExecutionStatus>();
  const [connection, setConnection] = useState<Connection>({ state: 'ok' });
  const [error, setError] = useState<unknown>();
  const [follower, setFollower] = useState<Follower<ExecutionStatus>>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to start again
  useEffect(() => {
    const created = new Follower<ExecutionStatus>({
      async ask(etag, signal) {
        const { data, response } = await api.GET('/api/workflows/{executionArn}/status', {
          params: { path: { executionArn }, header: etag === undefined ? {} : { 'If-None-Match': etag } },
          signal,
        });
        return {
          status: data,
          etag: response.headers.get('etag') ?? (response.status === 304 ? etag : undefined),
          retryAfterSeconds: retryAfterOf(response),
        };
      },
      isHidden: () => document.hidden,
      onStatus: setStatus,
      onConnection: setConnection,
    });
    const controller = new AbortController();
    const { signal } = controller;
    document.addEventListener('visibilitychange', created.wake, { signal });
    addEventListener('online', created.wake, { signal });
    created.run(signal).catch(setError);
    setFollower(created);
    return () => controller.abort();
  }, [api, executionArn, attempt]);
  return {
    status,
    connection,
    error,
    askNow: () => follower?.wake(),
    /** Starts again after an error. */
    restart() {
      setError(undefined);
      setAttempt((count) => count + 1);
    },
  };
}
