import { Field, oneLine } from '../../components/field.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { DESCRIPTION_LIMIT } from '../../mandala/draft.ts';
import type { Problem } from '../../mandala/validate.ts';
import { fieldIdOf, placeText } from './places.ts';
import type { Editor } from './use-editor.ts';

const MOST_PROBLEMS = 8;

interface ProblemListProps {
  readonly problems: readonly Problem[];
  onOpen(id: string): void;
}

export function ProblemList({ problems, onOpen }: ProblemListProps) {
  const { t } = useTexts();
  return (
    <div className="note note-error" id="problems" tabIndex={-1} role="alert">
      <div>
        <p>
          <strong>{t.create.fix}</strong>
        </p>
        <ul>
          {problems.slice(0, MOST_PROBLEMS).map(({ place, flaw }) => (
            <li key={`${fieldIdOf(place)} ${flaw}`}>
              <button type="button" className="text-button" onClick={() => onOpen(fieldIdOf(place))}>
                {placeText(place, t)}
              </button>
              : {t.flaw[flaw]}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** The fields of the goal itself. */
export function GoalFields({ editor: { draft, change, settle, flawOf } }: { editor: Editor }) {
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
        onChange={(title) => change({ ...draft, title: oneLine(title) }, 'title')}
        onBlur={settle}
      />
      <Field
        id="description"
        label={t.create.description}
        isOptional
        hint={isNearLimit ? t.create.characters(length, DESCRIPTION_LIMIT) : t.create.descriptionHint}
        flaw={flawOf('description')}
        rows={2}
        value={draft.description}
        onChange={(description) => change({ ...draft, description }, 'description')}
        onBlur={settle}
      />
      <Field
        as="input"
        type="date"
        id="deadline"
        label={t.create.deadline}
        isOptional
        flaw={flawOf('deadline')}
        value={draft.deadline}
        onChange={(deadline) => change({ ...draft, deadline }, 'deadline')}
        onBlur={settle}
      />
    </div>
  );
}
