import type { KeyboardEvent } from 'react';
import { Button, Icon } from '../../components/basics.tsx';
import { Field, oneLine } from '../../components/field.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { actionPlace, type DraftAction, setAction, setBlock, subGoalPlace } from '../../mandala/draft.ts';
import { PER_BLOCK } from '../../mandala/layout.ts';
import type { Editor } from './use-editor.ts';

/** Enter goes to the next field: a title is one line. After the last comes the next sub-goal. */
function goOn(event: KeyboardEvent, editor: Editor, index: number): void {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
  event.preventDefault();
  const { block } = editor;
  if (index < PER_BLOCK) document.getElementById(actionPlace(block, index))?.focus();
  else if (block + 1 < PER_BLOCK) editor.open(subGoalPlace(block + 1));
}

interface ActionFieldProps {
  readonly editor: Editor;
  readonly index: number;
  readonly action: DraftAction;
}

function ActionField({ editor, index, action: { title, type } }: ActionFieldProps) {
  const { t } = useTexts();
  const { draft, block, change } = editor;
  const id = actionPlace(block, index);
  const flaw = editor.flawOf(id);
  const isHabit = type === 'habit';
  return (
    <li>
      <span className="action-number" aria-hidden="true">
        {index + 1}
      </span>
      <textarea
        id={id}
        rows={1}
        value={title}
        placeholder={index === 0 ? t.create.actionPlaceholder : ''}
        enterKeyHint="next"
        aria-label={t.create.actionNumber(index + 1)}
        aria-invalid={flaw !== undefined}
        aria-describedby={`${id}-flaw`}
        onFocus={() => editor.setSelected(id)}
        onKeyDown={(event) => goOn(event, editor, index + 1)}
        onPaste={(event) => editor.paste(event, { block, index })}
        onChange={(event) => change(setAction(draft, block, index, { title: oneLine(event.target.value) }))}
      />
      <button
        type="button"
        className="type-toggle"
        data-habit={isHabit || undefined}
        aria-label={t.create.typeToggle(title, isHabit)}
        title={t.actionType.hint}
        onClick={() => change(setAction(draft, block, index, { type: isHabit ? 'execution' : 'habit' }))}
      >
        <Icon name={isHabit ? 'habit' : 'once'} />
        {t.actionType[type]}
      </button>
      <p className="flaw" id={`${id}-flaw`}>
        {flaw}
      </p>
    </li>
  );
}

/** The fields of one sub-goal: its name and its 8 actions. */
export function BlockEditor({ editor }: { editor: Editor }) {
  const { t } = useTexts();
  const { draft, block } = editor;
  const { title, actions } = draft.blocks[block] ?? { title: '', actions: [] };
  const subGoalId = subGoalPlace(block);
  const turns = [
    { icon: 'back', name: t.create.previous, to: block - 1 },
    { icon: 'forward', name: t.create.next, to: block + 1 },
  ] as const;
  const [back, forward] = turns.map(({ icon, name, to }) => (
    <Button
      key={icon}
      kind="quiet"
      icon={icon}
      aria-label={`${name}: ${t.create.subGoalNumber(to + 1)}`}
      disabled={to < 0 || to === PER_BLOCK}
      onClick={() => editor.open(subGoalPlace(to))}
    />
  ));
  return (
    <fieldset className="block-editor" key={block}>
      <legend className="visually-hidden">{t.create.subGoalNumber(block + 1)}</legend>
      <div className="block-editor-head">
        {back}
        <p>
          {t.create.subGoalNumber(block + 1)} <span className="soft">/ {PER_BLOCK}</span>
        </p>
        {forward}
      </div>
      <Field
        as="input"
        id={subGoalId}
        label={t.create.subGoal}
        flaw={editor.flawOf(subGoalId)}
        value={title}
        enterKeyHint="next"
        onFocus={() => editor.setSelected(subGoalId)}
        onKeyDown={(event) => goOn(event, editor, 0)}
        onPaste={(event) => editor.paste(event, { block, index: PER_BLOCK })}
        onChange={(value) => editor.change(setBlock(draft, block, { title: value }))}
      />
      <ol className="action-fields">
        {actions.map((action, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: actions never change places
          <ActionField key={index} editor={editor} index={index} action={action} />
        ))}
      </ol>
      <p className="hint">{t.actionType.hint}</p>
    </fieldset>
  );
}
