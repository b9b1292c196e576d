import { useCallback, useEffect, useRef, useState } from 'react';

export interface Loaded<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  reload(): void;
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
  const current = result.key === key ? result : { key };
  return { data: current.data, error: current.error, reload };
}

export interface RunningAction<Arguments extends unknown[]> {
  run(...values: Arguments): void;
  readonly isRunning: boolean;
  readonly error: unknown;
}

/** Runs what a person asks for, one at a time, and keeps the error to be shown. */
export function useAction<Arguments extends unknown[]>(
  action: (...values: Arguments) => Promise<void>,
): RunningAction<Arguments> {
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

export interface Pages<Item> extends Loaded<PageOf<Item>> {
  /** Those of all pages so far. */
  readonly items: readonly Item[];
  /** Where the next page begins; null after the last one. */
  readonly cursor: string | null;
  readonly next: RunningAction<[cursor: string]>;
}

/** Loads the first page of a list once for each `key`, and the next ones when asked. */
export function usePages<Item>(
  key: string,
  load: (from: { cursor?: string }, signal: AbortSignal | null) => Promise<PageOf<Item>>,
): Pages<Item> {
  const first = useLoad(key, (signal) => load({}, signal));
  const [more, setMore] = useState<{ key: string; pages: readonly PageOf<Item>[] }>({ key, pages: [] });
  const next = useAction(async (cursor: string) => {
    const page = await load({ cursor }, null);
    setMore((previous) => ({ key, pages: [...(previous.key === key ? previous.pages : []), page] }));
  });
  const pages = first.data === undefined ? [] : [first.data, ...(more.key === key ? more.pages : [])];
  return { ...first, items: pages.flatMap(({ items }) => items), cursor: pages.at(-1)?.nextCursor ?? null, next };
}
