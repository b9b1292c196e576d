import type { ClipboardEvent, KeyboardEvent } from 'react';
import { Button } from '../components/basics.tsx';
import { Icon } from '../components/icons.tsx';
import { useTexts } from '../i18n/context.tsx';
import { type Draft, type Place, setAction, setBlockTitle } from '../mandala/draft.ts';
import { PER_BLOCK } from '../mandala/layout.ts';

/** Id of the field of a place, also of its cell in the chart. */
export function fieldIdOf(place: Place): string {
  switch (place.kind) {
    case 'subGoal':
      return `sub-goal-${place.block}`;
    case 'action':
      return `action-${place.block}-${place.index}`;
    case 'chart':
      return 'action-0-0';
    default:
      return place.kind;
  }
}

interface BlockEditorProps {
  readonly draft: Draft;
  readonly block: number;
  flawOf(place: Place): string | undefined;
  onChange(draft: Draft): void;
  /** Another block is wanted. */
  onBlock(block: number): void;
  onFocus(id: string): void;
  onPaste(event: ClipboardEvent, at: { block: number; index: number }): void;
}

/** The fields of one sub-goal: its name and its 8 actions. */
export function BlockEditor({ draft, block, flawOf, onChange, onBlock, onFocus, onPaste }: BlockEditorProps) {
  const { t } = useTexts();
  const { title, actions } = draft.blocks[block] ?? { title: '', actions: [] };
  const subGoalId = fieldIdOf({ kind: 'subGoal', block });
  const subGoalFlaw = flawOf({ kind: 'subGoal', block });

  /** Enter goes to the next field: a title is one line. After the last comes the next sub-goal. */
  function goOn(event: KeyboardEvent, next: number): void {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (next < PER_BLOCK) document.getElementById(fieldIdOf({ kind: 'action', block, index: next }))?.focus();
    else if (block + 1 < PER_BLOCK) onBlock(block + 1);
  }

  return (
    <fieldset className="block-editor" key={block}>
      <legend className="visually-hidden">{t.create.subGoalNumber(block + 1)}</legend>
      <div className="block-editor-head">
        <Button
          kind="quiet"
          icon="back"
          aria-label={`${t.create.previous}: ${t.create.subGoalNumber(block)}`}
          disabled={block === 0}
          onClick={() => onBlock(block - 1)}
        />
        <p>
          {t.create.subGoalNumber(block + 1)} <span className="soft">/ {PER_BLOCK}</span>
        </p>
        <Button
          kind="quiet"
          icon="forward"
          aria-label={`${t.create.next}: ${t.create.subGoalNumber(block + 2)}`}
          disabled={block + 1 === PER_BLOCK}
          onClick={() => onBlock(block + 1)}
        />
      </div>
      <div className="field">
        <label htmlFor={subGoalId}>{t.create.subGoal}</label>
        <input
          id={subGoalId}
          value={title}
          enterKeyHint="next"
          aria-invalid={subGoalFlaw !== undefined}
          aria-describedby={`${subGoalId}-flaw`}
          onFocus={() => onFocus(subGoalId)}
          onKeyDown={(event) => goOn(event, 0)}
          onPaste={(event) => onPaste(event, { block, index: PER_BLOCK })}
          onChange={(event) => onChange(setBlockTitle(draft, block, event.target.value))}
        />
        <p className="flaw" id={`${subGoalId}-flaw`}>
          {subGoalFlaw}
        </p>
      </div>
      <ol className="action-fields">
        {actions.map((action, index) => {
          const place: Place = { kind: 'action', block, index };
          const id = fieldIdOf(place);
          const flaw = flawOf(place);
          const isHabit = action.type === 'habit';
          return (
            <li key={id}>
              <span className="action-number" aria-hidden="true">
                {index + 1}
              </span>
              <textarea
                id={id}
                rows={1}
                value={action.title}
                placeholder={index === 0 ? t.create.actionPlaceholder : ''}
                enterKeyHint="next"
                aria-label={t.create.actionNumber(index + 1)}
                aria-invalid={flaw !== undefined}
                aria-describedby={`${id}-flaw`}
                onFocus={() => onFocus(id)}
                onKeyDown={(event) => goOn(event, index + 1)}
                onPaste={(event) => onPaste(event, { block, index })}
                onChange={(event) =>
                  onChange(setAction(draft, block, index, { title: event.target.value.replace(/[\r\n]+/g, ' ') }))
                }
              />
              <button
                type="button"
                className="type-toggle"
                data-habit={isHabit || undefined}
                aria-label={t.create.typeToggle(action.title, isHabit)}
                title={t.actionType.hint}
                onClick={() => onChange(setAction(draft, block, index, { type: isHabit ? 'execution' : 'habit' }))}
              >
                <Icon name={isHabit ? 'habit' : 'once'} />
                {isHabit ? t.actionType.habit : t.actionType.execution}
              </button>
              <p className="flaw" id={`${id}-flaw`}>
                {flaw}
              </p>
            </li>
          );
        })}
      </ol>
      <p className="hint">{t.actionType.hint}</p>
    </fieldset>
  );
}
