import { retryAfterOf } from '@goal-activity/client/errors.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { useEffect, useRef, useState } from 'react';
import { useServices } from '../../services.ts';
import { type Answered, answered } from './estimate.ts';
import { type Connection, Follower } from './follower.ts';

export type Followed = ReturnType<typeof useExecution>;

interface News {
  readonly status: ExecutionStatus;
  readonly answered: Answered;
}

/** Follows an execution as long as it is shown, until it ends. @param executionArn undefined while there is none */
export function useExecution(executionArn: string | undefined) {
  const { api } = useServices();
  const [news, setNews] = useState<News>();
  const [connection, setConnection] = useState<Connection>({ state: 'ok' });
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const follower = useRef<Follower<ExecutionStatus>>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to start again
  useEffect(() => {
    if (executionArn === undefined) return;
    let last: Answered = { at: 0, aheadMs: 0 };
    const created = new Follower<ExecutionStatus>({
      async ask(etag, signal) {
        const { data, response } = await api.GET('/api/workflows/{executionArn}/status', {
          params: { path: { executionArn }, header: etag === undefined ? {} : { 'If-None-Match': etag } },
          signal,
        });
        last = answered(response.headers.get('date'), Date.now());
        return {
          status: data,
          etag: response.headers.get('etag') ?? (response.status === 304 ? etag : undefined),
          retryAfterSeconds: retryAfterOf(response),
        };
      },
      isHidden: () => document.hidden,
      onStatus: (status) => setNews({ status, answered: last }),
      onConnection: setConnection,
    });
    const controller = new AbortController();
    const { signal } = controller;
    document.addEventListener('visibilitychange', created.wake, { signal });
    addEventListener('online', created.wake, { signal });
    addEventListener('offline', created.lose, { signal });
    created.run(signal).catch(setError);
    follower.current = created;
    return () => {
      controller.abort();
      setConnection({ state: 'ok' });
      setError(undefined);
    };
  }, [api, executionArn, attempt]);
  const current = news?.status.executionArn === executionArn ? news : undefined;
  return {
    status: current?.status,
    answered: current?.answered,
    connection,
    error,
    askNow: () => follower.current?.wake(),
    /** Starts again after an error. */
    restart: () => setAttempt((count) => count + 1),
  };
}
