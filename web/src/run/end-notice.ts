import type { ExecutionStatus, Goal } from '@goal-activity/client/types.ts';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useTexts } from '../i18n/context.tsx';
import { paths } from '../paths.ts';
import { resultOf } from './totals.ts';

/** Undefined where a page can show none: without a mouse or the like it is a phone, on which browsers want a service worker for it. */
const permissionNow = (): NotificationPermission | undefined =>
  'Notification' in window && matchMedia('(hover: hover)').matches ? Notification.permission : undefined;

/** Tells the person that a run has ended, if they allow it and look at something else; a click leads to the run. */
export function useEndNotice(status: ExecutionStatus, goal: Goal) {
  const { t } = useTexts();
  const [, navigate] = useLocation();
  const [permission, setPermission] = useState(permissionNow);
  const wasRunning = useRef(false);
  const isRunning = status.status === 'RUNNING';
  useEffect(() => {
    const hasEnded = wasRunning.current && !isRunning;
    wasRunning.current = isRunning;
    if (!hasEnded || !document.hidden || permissionNow() !== 'granted') return;
    const { what, next } = resultOf(status, t);
    const notice = new Notification(what, {
      body: `${goal.title}: ${next}`,
      icon: '/icon.svg',
      tag: status.executionArn,
    });
    notice.onclick = () => {
      window.focus();
      navigate(paths.run(status.executionArn));
      notice.close();
    };
  }, [isRunning, status, goal, t, navigate]);
  return {
    permission,
    /** A browser asks the person only when they have pressed something. */
    ask: () => void Notification.requestPermission().then(setPermission),
  };
}
