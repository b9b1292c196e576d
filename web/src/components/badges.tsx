import type { ExecutionState, GoalStatus } from '@goal-activity/client/types.ts';
import type { ReactNode } from 'react';
import { useTexts } from '../i18n/context.tsx';
import { Icon, type IconName } from './icons.tsx';

type Tone = readonly [IconName, 'accent' | 'warning' | 'danger' | 'neutral'];

const RUN_TONES: Readonly<Record<ExecutionState, Tone>> = {
  RUNNING: ['generating', 'accent'],
  SUCCEEDED: ['saved', 'accent'],
  PARTIALLY_SUCCEEDED: ['partial', 'warning'],
  FAILED: ['failed', 'danger'],
  TIMED_OUT: ['clock', 'danger'],
  ABORTED: ['cancelled', 'neutral'],
};
const GOAL_TONES: Readonly<Record<GoalStatus, Tone>> = {
  draft: ['waiting', 'neutral'],
  processing: ['generating', 'accent'],
  active: ['saved', 'accent'],
  partial: ['partial', 'warning'],
  failed: ['failed', 'danger'],
};

function Badge({ tone: [icon, tone], children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

export function RunBadge({ status }: { status: ExecutionState }) {
  return <Badge tone={RUN_TONES[status]}>{useTexts().t.runStatus[status]}</Badge>;
}

export function GoalBadge({ status }: { status: GoalStatus }) {
  return <Badge tone={GOAL_TONES[status]}>{useTexts().t.goalStatus[status]}</Badge>;
}
