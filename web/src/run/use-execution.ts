import { retryAfterOf } from '@goal-activity/client/errors.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useServices } from '../services.ts';
import { type Connection, createPoller, type Poller, type Surroundings } from './poller.ts';

const browser: Surroundings = {
  isHidden: () => document.hidden,
  onChange(listener) {
    document.addEventListener('visibilitychange', listener);
    addEventListener('online', listener);
    return () => {
      document.removeEventListener('visibilitychange', listener);
      removeEventListener('online', listener);
    };
  },
};

export interface Followed {
  readonly status: ExecutionStatus | undefined;
  readonly connection: Connection;
  readonly error: unknown;
  pollNow(): void;
  /** Starts again after an error. */
  restart(): void;
}

/** Follows an execution as long as it is shown. */
export function useExecution(executionArn: string): Followed {
  const { api } = useServices();
  const [status, setStatus] = useState<ExecutionStatus>();
  const [connection, setConnection] = useState<Connection>({ state: 'ok' });
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const poller = useRef<Poller>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to start again
  useEffect(() => {
    const created = createPoller({
      async fetch(etag, signal) {
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
      surroundings: browser,
      onStatus: setStatus,
      onConnection: setConnection,
      onError: setError,
    });
    poller.current = created;
    created.start();
    return () => created.stop();
  }, [api, executionArn, attempt]);
  return {
    status,
    connection,
    error,
    pollNow: useCallback(() => poller.current?.pollNow(), []),
    restart: useCallback(() => {
      setError(undefined);
      setAttempt((count) => count + 1);
    }, []),
  };
}
