import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import type { ApiClient } from './api/client.ts';
import type { Session } from './auth/session.ts';
import type { Config } from './config.ts';

export interface Services {
  readonly config: Config;
  readonly session: Session;
  readonly api: ApiClient;
}

const ServicesContext = createContext<Services | undefined>(undefined);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('useServices() belongs below ServicesProvider');
  return services;
}

export interface Loaded<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  reload(): void;
  /** Shows this, until the next load: for what an answer has just said. */
  replace(data: Data): void;
}

/** Loads once for each `key`, and again when asked. Data of another key is never shown. */
export function useLoad<Data>(key: string, load: (signal: AbortSignal) => Promise<Data>): Loaded<Data> {
  const [result, setResult] = useState<{ key: string; data?: Data; error?: unknown }>({ key });
  const [attempt, setAttempt] = useState(0);
  const loadNow = useRef(load);
  loadNow.current = load;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to load again
  useEffect(() => {
    const controller = new AbortController();
    loadNow.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setResult({ key, data });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setResult({ key, error });
      },
    );
    return () => controller.abort();
  }, [key, attempt]);
  const reload = useCallback(() => {
    setResult((previous) => (previous.error === undefined ? previous : { key: previous.key }));
    setAttempt((count) => count + 1);
  }, []);
  const replace = useCallback((data: Data) => setResult({ key, data }), [key]);
  const current = result.key === key ? result : { key };
  return { data: current.data, error: current.error, reload, replace };
}

/** An action of the person: runs one at a time, and keeps the error to be shown. */
export function useAction<Arguments extends unknown[]>(
  action: (...values: Arguments) => Promise<void>,
): { run(...values: Arguments): void; isRunning: boolean; error: unknown; reset(): void } {
  const [state, setState] = useState<{ isRunning: boolean; error: unknown }>({ isRunning: false, error: undefined });
  const isRunning = useRef(false);
  const isMounted = useRef(true);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);
  async function run(...values: Arguments): Promise<void> {
    if (isRunning.current) return;
    isRunning.current = true;
    setState({ isRunning: true, error: undefined });
    let error: unknown;
    try {
      await action(...values);
    } catch (thrown) {
      error = thrown;
    }
    isRunning.current = false;
    if (isMounted.current) setState({ isRunning: false, error });
  }
  return {
    run: (...values) => void run(...values),
    ...state,
    reset: () => setState({ isRunning: false, error: undefined }),
  };
}
