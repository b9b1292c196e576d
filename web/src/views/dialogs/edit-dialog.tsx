import { bodyOf } from '@goal-activity/client/client.ts';
import type { Action } from '@goal-activity/client/types.ts';
import { useState } from 'react';
import { announce } from '../../announcer.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field, oneLine } from '../../components/field.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { DESCRIPTION_LIMIT, TITLE_LIMIT } from '../../mandala/draft.ts';
import { useServices } from '../../services.ts';

interface EditDialogProps {
  readonly goalId: string;
  readonly action: Action;
  onClose(): void;
  onSaved(): void;
}

/** Changes the text of an action that has no tasks. */
export function EditDialog({ goalId, action, onClose, onSaved }: EditDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  const [text, setText] = useState(action.title);
  const [description, setDescription] = useState(action.description);
  const title = text.trim();

  async function save(): Promise<void> {
    if (title === action.title && description === action.description) return onClose();
    const params = { path: { goalId, actionId: action.actionId } };
    await bodyOf(api.PATCH('/api/goals/{goalId}/actions/{actionId}', { params, body: { title, description } }));
    announce(t.editDialog.saved);
    onClose();
    onSaved();
  }

  return (
    <Dialog
      title={t.editDialog.title}
      confirm={t.common.save}
      confirming={t.common.saving}
      isDisabled={title === ''}
      onClose={onClose}
      action={save}
    >
      <Field
        id="edit-title"
        label={t.editDialog.actionTitle}
        hint={t.editDialog.hint}
        flaw={title === '' ? t.flaw.missing : undefined}
        rows={2}
        value={text}
        maxLength={TITLE_LIMIT}
        data-autofocus
        required
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
        onChange={(value) => setText(oneLine(value))}
      />
      <Field
        id="edit-description"
        label={t.create.description}
        isOptional
        rows={3}
        value={description}
        maxLength={DESCRIPTION_LIMIT}
        onChange={setDescription}
      />
    </Dialog>
  );
}
