import { isPassing } from '@goal-activity/client/errors.ts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isComingBack } from './come-back.ts';

/**
 * Loads once for each `key`, and again when asked. Data of another key is never shown. Data that is there stays when loading
 * again fails for now: a person may be writing in what shows it.
 */
export function useLoad<Data>(key: string, load: (signal: AbortSignal) => Promise<Data>) {
  const [result, setResult] = useState<{ key: string; data?: Data; error?: unknown }>({ key });
  const [attempt, setAttempt] = useState(0);
  const loadNow = useRef(load);
  loadNow.current = load;
  const kept = useRef<string>(undefined);
  kept.current = result.data === undefined ? undefined : result.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is there to load again
  useEffect(() => {
    const controller = new AbortController();
    const show = (loaded: { data?: Data; error?: unknown }) => {
      if (!controller.signal.aborted) setResult({ key, ...loaded });
    };
    loadNow.current(controller.signal).then(
      (data) => show({ data }),
      (error: unknown) => {
        if (!(kept.current === key && isPassing(error))) show({ error });
      },
    );
    return () => controller.abort();
  }, [key, attempt]);
  const reload = useCallback(() => {
    setResult(({ error: _forgotten, ...previous }) => previous);
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

type LoadPage<Item> = (from: { cursor?: string }, signal: AbortSignal | null) => Promise<PageOf<Item>>;

async function loadPages<Item>(load: LoadPage<Item>, count: number, signal: AbortSignal): Promise<PageOf<Item>[]> {
  const pages: PageOf<Item>[] = [];
  let cursor: string | null | undefined;
  while (pages.length < count && cursor !== null) {
    const page = await load(cursor === undefined ? {} : { cursor }, signal);
    pages.push(page);
    cursor = page.nextCursor;
  }
  return pages;
}

/** How many pages of each list were shown last: whoever comes back finds as many. */
const pageCounts = new Map<string, number>();

/**
 * Loads the first page of a list once for each `key`, and the next ones when asked; all that are shown when it is loaded
 * again, or come back to.
 * @returns also the items of all pages so far, and where the next page begins: null after the last one
 */
export function usePages<Item>(key: string, load: LoadPage<Item>) {
  const [isBack] = useState(isComingBack);
  const shown = useRef({ key, count: isBack ? (pageCounts.get(key) ?? 1) : 1 });
  if (shown.current.key !== key) shown.current = { key, count: 1 };
  const loaded = useLoad(key, (signal) => loadPages(load, shown.current.count, signal));
  const { data: first = [] } = loaded;
  const [more, setMore] = useState<{ after?: readonly PageOf<Item>[]; pages: readonly PageOf<Item>[] }>({ pages: [] });
  const next = useAction(async (cursor: string) => {
    const page = await load({ cursor }, null);
    setMore(({ after, pages }) => ({ after: first, pages: [...(after === first ? pages : []), page] }));
    shown.current.count += 1;
    pageCounts.set(key, shown.current.count);
  });
  const pages = [...first, ...(more.after === first ? more.pages : [])];
  return { ...loaded, items: pages.flatMap(({ items }) => items), cursor: pages.at(-1)?.nextCursor ?? null, next };
}

/** Calls it whenever the tab is shown again. */
export function useWhenShown(call: () => void): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    const listener = () => {
      if (!document.hidden) latest.current();
    };
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  }, []);
}

/** The time, again each second; milliseconds. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
