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
      <Field
        id="title"
        fieldClass="field-wide"
        className="input-large"
        label={t.create.goal}
        flaw={flawOf('title')}
        rows={1}
        value={draft.title}
        placeholder={t.create.goalHint}
        required
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.preventDefault();
        }}
        onChange={(title) => change({ ...draft, title: oneLine(title) })}
      />
      <Field
        id="description"
        label={t.create.description}
        isOptional
        hint={isNearLimit ? t.create.characters(length, DESCRIPTION_LIMIT) : t.create.descriptionHint}
        flaw={flawOf('description')}
        rows={2}
        value={draft.description}
        onChange={(description) => change({ ...draft, description })}
      />
      <Field
        as="input"
        type="date"
        id="deadline"
        label={t.create.deadline}
        isOptional
        flaw={flawOf('deadline')}
        value={draft.deadline}
        onChange={(deadline) => change({ ...draft, deadline })}
      />
    </div>
  );
}
