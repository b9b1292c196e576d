import { useSyncExternalStore } from 'react';

/** One live region for the page: what is announced is read by a screen reader when it has finished its sentence. */
let text = '';
const listeners = new Set<() => void>();

export function announce(message: string): void {
  // The same words twice would not be a change, and would not be read.
  text = message === text ? `${message}\u00a0` : message;
  for (const listener of listeners) listener();
}

export function Announcer() {
  const message = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => text,
  );
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
      {message}
    </div>
  );
}
