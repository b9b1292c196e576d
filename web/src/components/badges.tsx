import type { ExecutionState, GoalStatus } from '@goal-activity/client/types.ts';
import { useTexts } from '../i18n/context.tsx';
import { Icon, type IconName } from './icons.tsx';

type Tone = readonly [IconName, 'accent' | 'warning' | 'danger' | 'neutral'];

const TONES: Readonly<Record<ExecutionState | GoalStatus, Tone>> = {
  RUNNING: ['generating', 'accent'],
  SUCCEEDED: ['saved', 'accent'],
  PARTIALLY_SUCCEEDED: ['partial', 'warning'],
  FAILED: ['failed', 'danger'],
  TIMED_OUT: ['clock', 'danger'],
  ABORTED: ['cancelled', 'neutral'],
  draft: ['waiting', 'neutral'],
  processing: ['generating', 'accent'],
  active: ['saved', 'accent'],
  partial: ['partial', 'warning'],
  failed: ['failed', 'danger'],
};

/** How a run or a goal stands. */
export function Badge({ status }: { status: keyof typeof TONES }) {
  const { t } = useTexts();
  const [icon, tone] = TONES[status];
  return (
    <span className={`badge badge-${tone}`}>
      <Icon name={icon} />
      {{ ...t.runStatus, ...t.goalStatus }[status]}
    </span>
  );
}
