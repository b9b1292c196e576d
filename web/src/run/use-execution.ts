import { useCallback, useEffect, useRef, useState } from 'react';
import type { ExecutionStatus } from '../api/types.ts';
import { useServices } from '../services.tsx';
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
        const answer = await api.send('GET /api/workflows/{executionArn}/status', {
          path: { executionArn },
          signal,
          ...(etag === undefined ? {} : { headers: { 'if-none-match': etag } }),
        });
        const { status, body, retryAfterSeconds } = answer;
        return { status: body, etag: answer.etag ?? (status === 304 ? etag : undefined), retryAfterSeconds };
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
