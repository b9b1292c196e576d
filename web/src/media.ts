import { useCallback, useSyncExternalStore } from 'react';

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
