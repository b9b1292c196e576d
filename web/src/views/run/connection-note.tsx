import { useEffect, useRef, useState } from 'react';
import { announce } from '../../announcer.tsx';
import { Button, Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import type { Connection } from '../../run/follow/follower.ts';

/** Says that there is no connection, and when the page tries again. */
export function ConnectionNote({ connection, onNow }: { connection: Connection; onNow: () => void }) {
  const { t } = useTexts();
  const [now, setNow] = useState(Date.now);
  const isLost = connection.state === 'lost';
  useEffect(() => {
    if (!isLost) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isLost]);
  const wasLost = useRef(false);
  useEffect(() => {
    if (isLost) announce(t.connection.title);
    else if (wasLost.current) announce(t.connection.again);
    wasLost.current = isLost;
  }, [isLost, t]);
  if (connection.state === 'ok') return null;
  const seconds = Math.ceil((connection.retryAt - now) / 1000);
  return (
    <div className="note note-warning connection" data-testid="connection">
      <Icon name="offline" />
      <p>
        <strong>{t.connection.title}</strong>{' '}
        {navigator.onLine ? (seconds > 0 ? t.connection.lost(seconds) : t.connection.trying) : t.connection.offline}
      </p>
      <Button kind="quiet" onClick={onNow}>
        {t.connection.now}
      </Button>
    </div>
  );
}
