import { useState } from 'react';
import { Button } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';

interface NoticeOfferProps {
  readonly permission: NotificationPermission | undefined;
  ask(): void;
}

/** Offers a notification at the end of the run. Who has refused before is left alone. */
export function NoticeOffer({ permission, ask }: NoticeOfferProps) {
  const { t } = useTexts();
  const [hasAsked, setAsked] = useState(false);
  if (permission === undefined || (permission === 'denied' && !hasAsked)) return null;
  return (
    <div className="notice-offer" role="status">
      {permission === 'default' && (
        <Button
          kind="quiet"
          icon="bell"
          onClick={() => {
            setAsked(true);
            ask();
          }}
        >
          {t.notice.ask}
        </Button>
      )}
      {permission !== 'default' && <p className="soft">{permission === 'granted' ? t.notice.isOn : t.notice.isOff}</p>}
    </div>
  );
}
