import { useCallback, useEffect, useRef, useState } from 'react';

/** Loads once for each `key`, and again when asked. Data of another key is never shown. */
export function useLoad<Data>(key: string, load: (signal: AbortSignal) => Promise<Data>) {
  const [result, setResult] = useState<{ key: string; data?: Data; error?: unknown }>({ key });
  const [attempt, setAttempt] = useState(0);
  const loadNow = useRef(load);
  loadNow.current = load;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to load again
  useEffect(() => {
    const controller = new AbortController();
    const show = (loaded: { data?: Data; error?: unknown }) => {
      if (!controller.signal.aborted) setResult({ key, ...loaded });
    };
    loadNow.current(controller.signal).then(
      (data) => show({ data }),
      (error: unknown) => show({ error }),
    );
    return () => controller.abort();
  }, [key, attempt]);
  const reload = useCallback(() => {
    setResult((previous) => (previous.error === undefined ? previous : { key: previous.key }));
    setAttempt((count) => count + 1);
  }, []);
  const current = result.key === key ? result : { key };
  return { data: current.data, error: current.error, reload };
}

/** Runs what a person asks for, one at a time, and keeps the error to be shown. */
export function useAction<Arguments extends unknown[]>(action: (...values: Arguments) => Promise<void>) {
  const [state, setState] = useState<{ isRunning: boolean; error: unknown }>({ isRunning: false, error: undefined });
  const isRunning = useRef(false);
  function end(error?: unknown): void {
    isRunning.current = false;
    setState({ isRunning: false, error });
  }
  function run(...values: Arguments): void {
    if (isRunning.current) return;
    isRunning.current = true;
    setState({ isRunning: true, error: undefined });
    action(...values).then(() => end(), end);
  }
  return { run, ...state };
}

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export type Pages<Item> = ReturnType<typeof usePages<Item>>;

/**
 * Loads the first page of a list once for each `key`, and the next ones when asked.
 * @returns also the items of all pages so far, and where the next page begins: null after the last one
 */
export function usePages<Item>(
  key: string,
  load: (from: { cursor?: string }, signal: AbortSignal | null) => Promise<PageOf<Item>>,
) {
  const first = useLoad(key, (signal) => load({}, signal));
  const [more, setMore] = useState<{ key: string; pages: readonly PageOf<Item>[] }>({ key, pages: [] });
  const next = useAction(async (cursor: string) => {
    const page = await load({ cursor }, null);
    setMore((previous) => ({ key, pages: [...(previous.key === key ? previous.pages : []), page] }));
  });
  const pages = first.data === undefined ? [] : [first.data, ...(more.key === key ? more.pages : [])];
  return { ...first, items: pages.flatMap(({ items }) => items), cursor: pages.at(-1)?.nextCursor ?? null, next };
}
