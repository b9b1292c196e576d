import type { ExecutionState, GoalStatus } from '@goal-activity/client/types.ts';
import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react';
import { viewIsShown } from '../come-back.ts';
import { useTexts } from '../i18n/context.tsx';

/** Shapes differ, not only colours: each state can be told by its outline alone. */
const SHAPES = {
  waiting: 'M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Z',
  generating: 'M8 2.5A5.5 5.5 0 1 1 2.5 8',
  saved: 'm3 8.5 3.2 3.2L13 4.8',
  earlier: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2ZM5.4 8.2l1.9 1.9 3.4-3.6',
  failed: 'M8 2 14.5 13.5h-13ZM8 6.3v3.4M8 11.6v.1',
  cancelled: 'M3.5 8h9',
  idle: 'M8 8v.1',
  partial: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 2.5V8h5.5',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.2l2.2 1.4',
  plus: 'M8 3v10M3 8h10',
  paste: 'M5.5 3h-2v10.5h9V3h-2M5.5 1.8h5v2.6h-5Z',
  undo: 'M5.5 3 2.8 5.7l2.7 2.7M3 5.7h6.2a3.8 3.8 0 0 1 0 7.6H6',
  redo: 'M10.5 3l2.7 2.7-2.7 2.7M13 5.7H6.8a3.8 3.8 0 0 0 0 7.6H10',
  chart: 'M2.8 2.8h10.4v10.4H2.8ZM6.3 2.8v10.4M9.7 2.8v10.4M2.8 6.3h10.4M2.8 9.7h10.4',
  edit: 'm3 13 .6-2.8 7.2-7.2 2.2 2.2-7.2 7.2Z',
  habit: 'M12.8 6.2A5 5 0 0 0 3.5 6M3.2 9.8a5 5 0 0 0 9.3.2M12.9 3.2v3h-3M3.1 12.8v-3h3',
  once: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z',
  overview: 'M3 3h4v4H3ZM9 3h4v4H9ZM3 9h4v4H3ZM9 9h4v4H9Z',
  close: 'm4 4 8 8M12 4l-8 8',
  print: 'M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7Z',
  box: 'M2.5 2.5h11v11h-11Z',
  ticked: 'M2.5 2.5h11v11h-11ZM5 8.2l2.2 2.2L11 5.8',
  bell: 'M3.5 11.5h9l-1.2-1.8V7a3.3 3.3 0 0 0-6.6 0v2.7ZM6.8 13.8h2.4',
  back: 'M9.8 3.2 5 8l4.8 4.8',
  forward: 'M6.2 3.2 11 8l-4.8 4.8',
  play: 'M5 3.2v9.6L12.6 8Z',
  retry: 'M12.9 8.2A4.9 4.9 0 1 1 11.4 4.4M12.9 2.6v2.9H10',
  remove: 'M3 4.5h10M6.2 4.5v-2h3.6v2M4.4 4.5l.5 9h6.2l.5-9M6.8 7v4M9.2 7v4',
  save: 'M8 2.2v7.6M4.8 6.8 8 10l3.2-3.2M3 13.5h10',
  offline: 'M2 6.2a9 9 0 0 1 12 0M4.4 8.8a5.4 5.4 0 0 1 7.2 0M8 12v.1M2.5 2.5l11 11',
};
export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}

type ButtonProps = ComponentProps<'button'> & { kind?: 'primary' | 'plain' | 'quiet' | 'danger'; icon?: IconName };

export function Button({ kind = 'plain', icon, className = '', children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} className={`button button-${kind} ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** The address whose heading has had the focus; the first one has it from the browser. */
let headed = location.pathname;

/** The heading of a view: names the tab, and takes the focus after a navigation, so that a screen reader reads it. */
interface HeadingProps {
  readonly title: string;
  /** Of what a person wrote: see own-text.ts. */
  readonly lang?: string | undefined;
  readonly children?: ReactNode;
}

export function Heading({ title, lang, children = title }: HeadingProps) {
  const { t } = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t.appName}`;
  }, [title, t]);
  // All of the view is there together with its heading.
  useEffect(viewIsShown, []);
  useEffect(() => {
    if (location.pathname === headed) return;
    headed = location.pathname;
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} lang={lang}>
      {children}
    </h1>
  );
}

export function Loading() {
  const { t } = useTexts();
  return (
    <p className="loading" role="status">
      <Icon name="generating" /> {t.common.loading}
    </p>
  );
}

/** Names with their values. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

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
