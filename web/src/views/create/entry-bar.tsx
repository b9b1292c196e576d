import { useTexts } from '../../i18n/context.tsx';
import { langOf } from '../../i18n/own-text.ts';
import { contentOf, fieldIdOfCell } from '../../mandala/cells.ts';
import { entryAt, setEntry } from '../../mandala/draft.ts';
import { cellLabel, fieldOf } from './places.ts';
import type { Editor } from './use-editor.ts';

const TYPES = ['execution', 'habit'] as const;

export const DESCRIPTION_ID = 'cell-description';

/** What else there is to an action: whether it is a habit, and its description. */
function ActionFields({ editor }: { editor: Editor }) {
  const { t } = useTexts();
  const { draft, active, change } = editor;
  const place = contentOf(active);
  const { type, description = '' } = entryAt(draft, place);
  return (
    <>
      <fieldset className="options" title={t.actionType.hint}>
        <legend className="visually-hidden">{t.editor.type}</legend>
        {TYPES.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="cell-type"
              checked={type === each}
              aria-keyshortcuts="Alt+H"
              onChange={() => change(setEntry(draft, place, { type: each }))}
            />
            <span>{t.actionType[each]}</span>
          </label>
        ))}
      </fieldset>
      <div className="bar-description">
        <label htmlFor={DESCRIPTION_ID} className="visually-hidden">
          {t.editor.description}
        </label>
        <textarea
          id={DESCRIPTION_ID}
          rows={1}
          value={description}
          placeholder={t.editor.description}
          aria-keyshortcuts="Shift+F2"
          aria-describedby="cell-flaw"
          onChange={(event) => change(setEntry(draft, place, { description: event.target.value }), DESCRIPTION_ID)}
          onBlur={editor.settle}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
            event.preventDefault();
            fieldOf(active)?.focus();
          }}
        />
      </div>
    </>
  );
}

/** About the chosen cell: all of its text, since a cell may be too small for it, and what is wrong with it. */
export function EntryBar({ editor }: { editor: Editor }) {
  const { t } = useTexts();
  const place = contentOf(editor.active);
  const entry = entryAt(editor.draft, place);
  const name = cellLabel(editor.active, {}, t);
  return (
    <section className="entry-bar" aria-label={t.editor.chosen(name)} data-cell={fieldIdOfCell(editor.active)}>
      <div className="bar-text">
        <p className="soft">{name}</p>
        <p lang={langOf(entry.title)}>{entry.title}</p>
        <p className="flaw" id="cell-flaw">
          {editor.flawOf(place)}
        </p>
      </div>
      {entry.type !== undefined && <ActionFields key={editor.active} editor={editor} />}
    </section>
  );
}
