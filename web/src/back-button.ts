import { useEffect, useRef } from 'react';

const KEY = 'goal-activity.open';

/** What is open at the present entry of the history, the innermost last. */
function openAt(state: unknown): readonly unknown[] {
  const open: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, KEY) : undefined;
  return Array.isArray(open) ? open : [];
}

/**
 * The browser's back button closes what is open, and leaves the page only then: that is what people with a phone expect of it.
 * What is open has an entry of its own in the history, which is gone again when it is closed in another way.
 */
export function useBackButton(isOpen: boolean, onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    if (!isOpen) return;
    const id = crypto.randomUUID();
    history.pushState({ ...history.state, [KEY]: [...openAt(history.state), id] }, '');
    const isHere = () => openAt(history.state).includes(id);
    const onPop = () => {
      if (!isHere()) close.current();
    };
    addEventListener('popstate', onPop);
    return () => {
      removeEventListener('popstate', onPop);
      if (openAt(history.state).at(-1) === id) history.back();
    };
  }, [isOpen]);
}
