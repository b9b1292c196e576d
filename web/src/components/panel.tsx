import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { announce } from '../announcer.tsx';
import { useBackButton } from '../back-button.ts';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import { ONE_COLUMN, useMedia } from '../media.ts';
import { Button } from './basics.tsx';
import { useModal } from './dialog.tsx';

interface PanelProps {
  readonly title: string;
  readonly children: ReactNode;
  onClose(): void;
}

function PanelBody({ title, children, onClose }: PanelProps) {
  const { t } = useTexts();
  return (
    <>
      <div className="panel-head">
        <h2 id="panel-title" tabIndex={-1} lang={langOf(title)} data-autofocus>
          {title}
        </h2>
        <Button kind="quiet" icon="close" aria-label={t.panel.close} onClick={onClose} />
      </div>
      {children}
    </>
  );
}

/** Over the page, from its lower edge. Escape, the back button and a tap outside close it; then the focus goes back. */
function Sheet(props: PanelProps) {
  const sheet = useModal();
  useBackButton(true, props.onClose);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is for the backdrop
    <dialog
      ref={sheet}
      className="panel panel-sheet"
      aria-labelledby="panel-title"
      onCancel={(event) => {
        // React has it rise from a dialog within this one too.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === sheet.current) props.onClose();
      }}
    >
      <div className="panel-body">
        <PanelBody {...props} />
      </div>
    </dialog>
  );
}

/** Beside what it is about. The focus stays there, and Tab leads here; Escape closes it from here too. */
function Aside(props: PanelProps) {
  const { t } = useTexts();
  const opener = useRef<Element>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, in the words of then
  useEffect(() => {
    opener.current = document.activeElement;
    announce(t.panel.opened(props.title));
  }, []);
  function close(): void {
    props.onClose();
    if (opener.current instanceof HTMLElement) opener.current.focus();
  }
  function onKeyDown(event: KeyboardEvent): void {
    // A dialog that was opened from here is within here for React, and closes by itself.
    const isElsewhere = event.target instanceof Element && event.target.closest('dialog, input, textarea') !== null;
    if (event.key === 'Escape' && !event.defaultPrevented && !isElsewhere) close();
  }
  return (
    <aside className="panel panel-body" aria-label={t.panel.label} onKeyDown={onKeyDown}>
      <PanelBody {...props} onClose={close} />
    </aside>
  );
}

/** More about what was chosen: beside it where there is room, else a sheet over the page. */
export function Panel(props: PanelProps) {
  return useMedia(ONE_COLUMN) ? <Sheet {...props} /> : <Aside {...props} />;
}
