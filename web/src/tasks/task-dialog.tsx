import { bodyOf } from '@goal-activity/client/client.ts';
import { ApiError } from '@goal-activity/client/errors.ts';
import type { Action, Task } from '@goal-activity/client/types.ts';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { announce } from '../announcer.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Field, oneLine } from '../components/field.tsx';
import { useTexts } from '../i18n/context.tsx';
import { DESCRIPTION_LIMIT, TITLE_LIMIT } from '../mandala/draft.ts';
import { useServices } from '../services.ts';
import { changedFields, fieldsOf, flawsOf, formOf, MOST_MINUTES, newForm, type TaskForm } from './task-form.ts';

interface TaskDialogProps {
  readonly goalId: string;
  readonly action: Action;
  /** The task to be changed; a new one is added without it. */
  readonly task?: Task;
  onClose(): void;
  onSaved(task: Task): void;
  /** The tasks are not what the page shows. */
  onChanged(): void;
}

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof ApiError && codes.includes(error.code);

/**
 * Saves the form: changes the task, or adds one. What the form holds is never given up: of a task that was changed elsewhere
 * only the fields are sent that differ from what the person had before them, on top of the newest version; one that was removed
 * elsewhere is added anew.
 * @returns also `newest`: the task as it is now; undefined when there is none (any more)
 */
function useSaving({ goalId, action: { actionId }, task, onSaved, onChanged }: TaskDialogProps) {
  const { api } = useServices();
  const [newest, setNewest] = useState(task);
  // One for each time that the form is opened: a repeated request adds one task.
  const key = useRef(crypto.randomUUID());

  async function readAgain(): Promise<void> {
    const { tasks } = await bodyOf(api.GET('/api/goals/{goalId}/tasks', { params: { path: { goalId } } }));
    setNewest(tasks.find(({ taskId }) => taskId === task?.taskId));
    onChanged();
  }

  async function add(form: TaskForm): Promise<void> {
    const header = { 'Idempotency-Key': key.current };
    const call = { params: { path: { goalId }, header }, body: { actionId, ...fieldsOf(form) } };
    try {
      onSaved(await bodyOf(api.POST('/api/goals/{goalId}/tasks', call)));
    } catch (error) {
      if (hasCode(error, 'idempotency_key_reused')) {
        // An earlier request with other words arrived after all, though its answer did not.
        key.current = crypto.randomUUID();
        onChanged();
      }
      throw error;
    }
  }

  async function change(current: Task, before: Task, form: TaskForm): Promise<void> {
    const fields = changedFields(fieldsOf(form), before);
    if (Object.keys(fields).length === 0) return;
    const call = {
      params: { path: { goalId, taskId: current.taskId } },
      body: { version: current.version, ...fields },
    };
    try {
      onSaved(await bodyOf(api.PATCH('/api/goals/{goalId}/tasks/{taskId}', call)));
    } catch (error) {
      if (hasCode(error, 'task_changed', 'task_not_found')) await readAgain();
      throw error;
    }
  }

  return {
    newest,
    save: (form: TaskForm) => (newest === undefined || task === undefined ? add(form) : change(newest, task, form)),
  };
}

function submitOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

interface FieldsProps {
  readonly form: TaskForm;
  /** Whether saving was tried: only then something is said to be missing. */
  readonly isChecked: boolean;
  /** What is saved elsewhere meanwhile; undefined where nothing is. */
  readonly elsewhere: TaskForm | undefined;
  onChange(changes: Partial<TaskForm>): void;
}

function TaskFields({ form, isChecked, elsewhere, onChange }: FieldsProps) {
  const { t } = useTexts();
  const flaws = flawsOf(form);
  const about = (field: 'title' | 'description' | 'minutes') => {
    const [found, other] = [flaws[field], elsewhere?.[field]];
    const flaw = found === 'missing' && !isChecked ? undefined : found;
    const isOther = other !== undefined && other !== form[field];
    const words = { ...t.flaw, minutes: t.task.badMinutes };
    return { flaw: flaw && words[flaw], ...(isOther ? { hint: t.task.elsewhere(other) } : {}) };
  };
  return (
    <>
      <Field
        id="task-title"
        label={t.task.title}
        {...about('title')}
        rows={2}
        value={form.title}
        maxLength={TITLE_LIMIT}
        data-autofocus
        required
        onKeyDown={submitOnEnter}
        onChange={(title) => onChange({ title: oneLine(title) })}
      />
      <Field
        id="task-description"
        label={t.create.description}
        isOptional
        {...about('description')}
        rows={3}
        value={form.description}
        maxLength={DESCRIPTION_LIMIT}
        onChange={(description) => onChange({ description })}
      />
      <div className="field-row">
        <Field
          as="input"
          type="number"
          id="task-minutes"
          label={t.task.minutes}
          {...about('minutes')}
          inputMode="numeric"
          min={1}
          max={MOST_MINUTES}
          value={form.minutes}
          onChange={(minutes) => onChange({ minutes })}
        />
        <Field
          as="select"
          id="task-type"
          label={t.task.type}
          value={form.type}
          onChange={(type) => onChange({ type: type === 'habit' ? 'habit' : 'execution' })}
        >
          <option value="execution">{t.actionType.execution}</option>
          <option value="habit">{t.actionType.habit}</option>
        </Field>
      </div>
    </>
  );
}

/** The form of a task: a new one, or changes to one. */
export function TaskDialog(props: TaskDialogProps) {
  const { action, task, onClose } = props;
  const { t } = useTexts();
  const { newest, save } = useSaving(props);
  const [before] = useState(() => (task === undefined ? newForm(action.type) : formOf(task)));
  const [form, setForm] = useState(before);
  const [isChecked, setChecked] = useState(false);
  const isNew = newest === undefined;
  const isShown = useRef(true);
  useEffect(
    () => () => {
      isShown.current = false;
    },
    [],
  );
  return (
    <Dialog
      title={isNew ? t.task.addTitle : t.task.editTitle}
      confirm={isNew ? t.task.add : t.common.save}
      confirming={t.common.saving}
      onClose={onClose}
      action={async () => {
        const [flawed] = Object.keys(flawsOf(form));
        if (flawed !== undefined) {
          setChecked(true);
          return document.getElementById(`task-${flawed}`)?.focus();
        }
        await save(form);
        announce(isNew ? t.task.added(form.title.trim()) : t.task.saved);
        // Closed while it was saving, it may have made room for another one.
        if (isShown.current) onClose();
      }}
      isKept={JSON.stringify(form) !== JSON.stringify(before)}
    >
      {task === undefined && <p className="soft">{action.title}</p>}
      <TaskFields
        form={form}
        isChecked={isChecked}
        elsewhere={newest === undefined || newest === task ? undefined : formOf(newest)}
        onChange={(changes) => setForm((current) => ({ ...current, ...changes }))}
      />
    </Dialog>
  );
}
