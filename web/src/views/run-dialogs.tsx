import { type FormEvent, useState } from 'react';
import { announce } from '../announcer.tsx';
import type { Action, Goal } from '../api/types.ts';
import { Button, Dialog, ErrorNote } from '../components/basics.tsx';
import { useTexts } from '../i18n/context.tsx';
import { DESCRIPTION_LIMIT, TITLE_LIMIT } from '../mandala/draft.ts';
import { navigate, paths } from '../router.ts';
import { estimateRun } from '../run/estimate.ts';
import { useAction, useLoad, useServices } from '../services.tsx';

/** How long and how much, going by this person's last run where there is one. */
function EstimateList({ goalId, count }: { goalId: string; count: number }) {
  const { t, format } = useTexts();
  const { api } = useServices();
  // The estimate is a courtesy: without the list of runs it goes by what is usual.
  const runs = useLoad(`runs of ${goalId}`, (signal) =>
    api.call('GET /api/workflows', { query: { limit: '5' }, signal }).then(
      ({ items }) => items,
      () => [],
    ),
  );
  const { seconds, usd, isMeasured } = estimateRun(count, runs.data);
  return (
    <>
      <dl className="facts">
        <div>
          <dt>{t.startDialog.time}</dt>
          <dd>{t.startDialog.about(format.duration(seconds))}</dd>
        </div>
        <div>
          <dt>{t.startDialog.money}</dt>
          <dd>{t.startDialog.about(format.money(usd))}</dd>
        </div>
      </dl>
      <p className="hint">{isMeasured ? t.startDialog.measured : t.startDialog.usual}</p>
    </>
  );
}

/** Says what a start does, and starts. */
export function StartDialog({ goal, onClose }: { goal: Goal; onClose: () => void }) {
  const { t } = useTexts();
  const { api } = useServices();
  const count = goal.actions.length;
  const start = useAction(async () => {
    const { executionArn } = await api.call('POST /api/goals/{goalId}/start-activity', {
      path: { goalId: goal.goalId },
    });
    navigate(paths.run(executionArn));
  });
  return (
    <Dialog title={t.startDialog.title(count)} onClose={onClose}>
      <h3 className="visually-hidden">{t.startDialog.steps}</h3>
      <ul className="plain-steps">
        <li>{t.startDialog.asks(count)}</li>
        <li>{t.startDialog.adds(count)}</li>
        <li>{t.startDialog.canCancel}</li>
      </ul>
      <EstimateList goalId={goal.goalId} count={count} />
      <ErrorNote error={start.error} />
      <div className="dialog-buttons">
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button kind="primary" data-autofocus disabled={start.isRunning} onClick={() => start.run()}>
          {start.isRunning ? t.startDialog.starting : t.startDialog.confirm}
        </Button>
      </div>
    </Dialog>
  );
}

interface RetryDialogProps {
  readonly executionArn: string;
  readonly goalId: string;
  /** Actions without tasks. */
  readonly count: number;
  readonly onClose: () => void;
}

/** A new execution of the actions that have no tasks. */
export function RetryDialog({ executionArn, goalId, count, onClose }: RetryDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  const retry = useAction(async () => {
    const started = await api.call('POST /api/workflows/{executionArn}/retry', { path: { executionArn } });
    navigate(paths.run(started.executionArn));
  });
  return (
    <Dialog title={t.retryDialog.title(count)} onClose={onClose}>
      <ul className="plain-steps">
        <li>{t.retryDialog.asks(count)}</li>
        <li>{t.retryDialog.keeps}</li>
      </ul>
      <EstimateList goalId={goalId} count={count} />
      <ErrorNote error={retry.error} />
      <div className="dialog-buttons">
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button kind="primary" data-autofocus disabled={retry.isRunning} onClick={() => retry.run()}>
          {retry.isRunning ? t.startDialog.starting : t.retryDialog.confirm}
        </Button>
      </div>
    </Dialog>
  );
}

interface CancelDialogProps {
  readonly executionArn: string;
  /** Tasks that this execution has saved so far. */
  readonly taskCount: number;
  readonly onClose: () => void;
  onCancelled(): void;
}

export function CancelDialog({ executionArn, taskCount, onClose, onCancelled }: CancelDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  const cancel = useAction(async () => {
    await api.call('POST /api/workflows/{executionArn}/cancel', { path: { executionArn }, body: {} });
    onCancelled();
  });
  return (
    <Dialog title={t.cancelDialog.title} onClose={onClose}>
      <ul className="plain-steps">
        <li>{t.cancelDialog.removes(taskCount)}</li>
        <li>{t.cancelDialog.keeps}</li>
        <li>{t.cancelDialog.cost}</li>
      </ul>
      <ErrorNote error={cancel.error} />
      <div className="dialog-buttons">
        <Button data-autofocus onClick={onClose}>
          {t.cancelDialog.goOn}
        </Button>
        <Button kind="danger" disabled={cancel.isRunning} onClick={() => cancel.run()}>
          {cancel.isRunning ? t.cancelDialog.cancelling : t.cancelDialog.confirm}
        </Button>
      </div>
    </Dialog>
  );
}

interface EditDialogProps {
  readonly goalId: string;
  readonly action: Action;
  readonly onClose: () => void;
  onSaved(action: Action): void;
}

/** Changes the text of an action that has no tasks. */
export function EditDialog({ goalId, action, onClose, onSaved }: EditDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  const [title, setTitle] = useState(action.title);
  const [description, setDescription] = useState(action.description);
  const isChanged = title.trim() !== action.title || description !== action.description;
  const save = useAction(async () => {
    const saved = await api.call('PATCH /api/goals/{goalId}/actions/{actionId}', {
      path: { goalId, actionId: action.actionId },
      body: { title: title.trim(), description },
    });
    announce(t.editDialog.saved);
    onSaved(saved);
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isChanged) onClose();
    else if (title.trim() !== '') save.run();
  }
  return (
    <Dialog title={t.editDialog.title} onClose={onClose}>
      <form onSubmit={submit} className="dialog-form">
        <div className="field">
          <label htmlFor="edit-title">{t.editDialog.actionTitle}</label>
          <textarea
            id="edit-title"
            rows={2}
            value={title}
            maxLength={TITLE_LIMIT}
            data-autofocus
            required
            aria-describedby="edit-hint edit-flaw"
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) submit(event);
            }}
            onChange={(event) => setTitle(event.target.value.replace(/[\r\n]+/g, ' '))}
          />
          <p className="hint" id="edit-hint">
            {t.editDialog.hint}
          </p>
          <p className="flaw" id="edit-flaw">
            {title.trim() === '' ? t.flaw.missing : undefined}
          </p>
        </div>
        <div className="field">
          <label htmlFor="edit-description">
            {t.editDialog.description} <span className="soft">({t.common.optional})</span>
          </label>
          <textarea
            id="edit-description"
            rows={3}
            value={description}
            maxLength={DESCRIPTION_LIMIT}
            onChange={(event) => setDescription(event.target.value)}
          />
        </div>
        <ErrorNote error={save.error} />
        <div className="dialog-buttons">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" kind="primary" disabled={save.isRunning || title.trim() === ''}>
            {save.isRunning ? t.common.saving : t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
