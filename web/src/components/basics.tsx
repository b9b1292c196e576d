import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react';
import { useTexts } from '../i18n/context.tsx';
import { Icon, type IconName } from './icons.tsx';

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
export function Heading({ title, children = title }: { title: string; children?: ReactNode }) {
  const { t } = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t.appName}`;
  }, [title, t]);
  useEffect(() => {
    if (location.pathname === headed) return;
    headed = location.pathname;
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
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
