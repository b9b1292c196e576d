import { useState } from 'react';
import { announce } from '../announcer.tsx';
import { Dialog } from '../components/dialog.tsx';
import { useTexts } from '../i18n/context.tsx';
import type { GoalWithTasks } from '../services.ts';
import { calendarOf } from './calendar.ts';
import { csvOf } from './csv.ts';
import { download, fileNameOf } from './download.ts';
import { markdownOf } from './markdown.ts';

const KINDS = ['csv', 'markdown', 'calendar'] as const;
type Kind = (typeof KINDS)[number];

/** Names, the same in every language, extensions and media types (RFC 4180, RFC 7763, RFC 5545). */
const FILES = {
  csv: { name: 'CSV', extension: 'csv', type: 'text/csv' },
  markdown: { name: 'Markdown', extension: 'md', type: 'text/markdown' },
  calendar: { name: 'iCalendar', extension: 'ics', type: 'text/calendar' },
} as const;

interface ExportDialogProps {
  readonly content: GoalWithTasks;
  onClose(): void;
}

/** Makes a file of a goal and its tasks, here in the browser. */
export default function ExportDialog({ content, onClose }: ExportDialogProps) {
  const { t, format } = useTexts();
  const [kind, setKind] = useState<Kind>('csv');
  const [now] = useState(() => new Date());
  const texts: Readonly<Record<Kind, string | undefined>> = {
    csv: csvOf(content, t),
    markdown: markdownOf(content, t, format),
    calendar: calendarOf(content, t, format, now),
  };
  const text = texts[kind];
  return (
    <Dialog
      title={t.exportDialog.title}
      confirm={t.exportDialog.confirm}
      isDisabled={text === undefined}
      onClose={onClose}
      action={async () => {
        if (text === undefined) return;
        const { extension, type } = FILES[kind];
        const name = fileNameOf(content.goal.title, extension);
        download(name, type, text);
        announce(t.exportDialog.saved(name));
        onClose();
      }}
    >
      <fieldset className="choices">
        <legend className="visually-hidden">{t.exportDialog.kind}</legend>
        {KINDS.map((each) => (
          <label className="choice" key={each}>
            <input
              type="radio"
              name="export-kind"
              checked={each === kind}
              disabled={texts[each] === undefined}
              data-autofocus={each === kind || undefined}
              onChange={() => setKind(each)}
            />
            <span>
              {FILES[each].name}
              <span className="soft">
                {texts[each] === undefined ? t.exportDialog.noCalendar : t.exportDialog.kinds[each]}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
