import { bodyOf } from '@goal-activity/client/client.ts';
import type { Action } from '@goal-activity/client/types.ts';
import { type FormEvent, useState } from 'react';
import { announce } from '../../announcer.tsx';
import { Button } from '../../components/basics.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/errors.tsx';
import { Field, oneLine } from '../../components/field.tsx';
import { useAction } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { DESCRIPTION_LIMIT, TITLE_LIMIT } from '../../mandala/draft.ts';
import { useServices } from '../../services.ts';

interface EditDialogProps {
  readonly goalId: string;
  readonly action: Action;
  onClose(): void;
  onSaved(): void;
}

function useSave(
  { goalId, action, onSaved }: Omit<EditDialogProps, 'onClose'>,
  body: Pick<Action, 'title' | 'description'>,
) {
  const { t } = useTexts();
  const { api } = useServices();
  return useAction(async () => {
    const params = { path: { goalId, actionId: action.actionId } };
    await bodyOf(api.PATCH('/api/goals/{goalId}/actions/{actionId}', { params, body }));
    announce(t.editDialog.saved);
    onSaved();
  });
}

/** Changes the text of an action that has no tasks. */
export function EditDialog({ goalId, action, onClose, onSaved }: EditDialogProps) {
  const { t } = useTexts();
  const [text, setText] = useState(action.title);
  const [description, setDescription] = useState(action.description);
  const title = text.trim();
  const save = useSave({ goalId, action, onSaved }, { title, description });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (title === action.title && description === action.description) onClose();
    else if (title !== '') save.run();
  }
  return (
    <Dialog title={t.editDialog.title} onClose={onClose}>
      <form onSubmit={submit} className="dialog-form">
        <Field
          id="edit-title"
          label={t.editDialog.actionTitle}
          hint={t.editDialog.hint}
          flaw={title === '' ? t.flaw.missing : undefined}
        >
          {(control) => (
            <textarea
              {...control}
              rows={2}
              value={text}
              maxLength={TITLE_LIMIT}
              data-autofocus
              required
              onKeyDown={(event) => {
                if (event.key === 'Enter' && !event.nativeEvent.isComposing) submit(event);
              }}
              onChange={(event) => setText(oneLine(event.target.value))}
            />
          )}
        </Field>
        <Field id="edit-description" label={t.editDialog.description} isOptional>
          {(control) => (
            <textarea
              {...control}
              rows={3}
              value={description}
              maxLength={DESCRIPTION_LIMIT}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <ErrorNote error={save.error} />
        <div className="dialog-buttons">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" kind="primary" disabled={save.isRunning || title === ''}>
            {save.isRunning ? t.common.saving : t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
