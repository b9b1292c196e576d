import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTexts } from '../i18n/context.tsx';
import { Button, Heading, Icon } from './basics.tsx';

/** When the page last loaded itself again for want of a view. */
const RELOADED_AT = 'goal-activity.reloaded-at';
/** A view that is missing so soon after that is missing in the new page too. */
const HELPLESS_MS = 60_000;
/** Waits between two tries to reach the page's own server. */
const WAITS_MS = { first: 1_000, last: 30_000 } as const;

/** Resolves after a while, or when the machine is online again. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  addEventListener('online', () => resolve(), { once: true, signal });
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}

/** Loading the page while its server does not answer would leave nothing of it, so that is waited for. */
async function reloadWhenReachable(signal: AbortSignal): Promise<void> {
  for (let waitMs: number = WAITS_MS.first; !signal.aborted; waitMs = Math.min(2 * waitMs, WAITS_MS.last)) {
    const answer = await fetch('/', { cache: 'no-store', signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (answer?.ok) {
      sessionStorage.setItem(RELOADED_AT, String(Date.now()));
      location.reload();
      return;
    }
    await pause(waitMs, signal);
  }
}

function subscribeToConnection(listener: () => void): () => void {
  const controller = new AbortController();
  for (const event of ['online', 'offline']) addEventListener(event, listener, { signal: controller.signal });
  return () => controller.abort();
}

/** Whether the browser thinks that the machine is connected. */
const useIsOnline = (): boolean => useSyncExternalStore(subscribeToConnection, () => navigator.onLine);

/** In place of a view whose code did not arrive. It loads the page again by itself, once; the header stays meanwhile. */
export function MissingViewNote() {
  const { t } = useTexts();
  const isOnline = useIsOnline();
  const [isHelpless] = useState(() => Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < HELPLESS_MS);
  useEffect(() => {
    if (isHelpless) return;
    const controller = new AbortController();
    void reloadWhenReachable(controller.signal);
    return () => controller.abort();
  }, [isHelpless]);
  const { what, offline, waiting, missing, reload } = t.missingView;
  return (
    <div className="empty error-page" role="alert">
      <Icon name={isOnline ? 'waiting' : 'offline'} />
      <Heading title={what} />
      <p className="lead">{isOnline ? (isHelpless ? missing : waiting) : offline}</p>
      {isHelpless && isOnline && (
        <div className="buttons">
          <Button kind="primary" icon="retry" onClick={() => location.reload()}>
            {reload}
          </Button>
        </div>
      )}
    </div>
  );
}
