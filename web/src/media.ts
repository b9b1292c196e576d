import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

/** A window too narrow for the whole chart: one block is shown at a time. The same number is in styles/mandala.css. */
export const NARROW = '(max-width: 719px)';
/** A window without room beside the chart. The same number is in styles/panel.css. */
export const ONE_COLUMN = '(max-width: 999px)';

/** Whether a media query holds, from the first rendering on. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Whether the page is being printed: what is on paper alone need not be there before. */
export function usePrinting(): boolean {
  const isPaper = useMedia('print');
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    // The browser makes its picture of the page as soon as these have returned.
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return isPaper || isPrinting;
}
