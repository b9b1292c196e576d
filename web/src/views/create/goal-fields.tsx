import { Field, oneLine } from '../../components/field.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { DESCRIPTION_LIMIT } from '../../mandala/draft.ts';
import type { Editor } from './use-editor.ts';

/** The fields of the goal itself. */
export function GoalFields({ editor: { draft, change, flawOf } }: { editor: Editor }) {
  const { t } = useTexts();
  const length = Array.from(draft.description).length;
  const isNearLimit = length > DESCRIPTION_LIMIT * 0.9;
  return (
    <div className="fields">
      <Field id="title" className="field-wide" label={t.create.goal} flaw={flawOf({ kind: 'title' })}>
        {(control) => (
          <textarea
            {...control}
            className="input-large"
            rows={1}
            value={draft.title}
            placeholder={t.create.goalHint}
            required
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.preventDefault();
            }}
            onChange={(event) => change({ ...draft, title: oneLine(event.target.value) })}
          />
        )}
      </Field>
      <Field
        id="description"
        label={t.create.description}
        isOptional
        hint={isNearLimit ? t.create.characters(length, DESCRIPTION_LIMIT) : t.create.descriptionHint}
        flaw={flawOf({ kind: 'description' })}
      >
        {(control) => (
          <textarea
            {...control}
            rows={2}
            value={draft.description}
            onChange={(event) => change({ ...draft, description: event.target.value })}
          />
        )}
      </Field>
      <Field id="deadline" label={t.create.deadline} isOptional flaw={flawOf({ kind: 'deadline' })}>
        {(control) => (
          <input
            {...control}
            type="date"
            value={draft.deadline}
            onChange={(event) => change({ ...draft, deadline: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}
