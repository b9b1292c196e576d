import { bodyOf } from '@goal-activity/client/client.ts';
import { ApiError } from '@goal-activity/client/errors.ts';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { announce } from '../../announcer.tsx';
import { Button, Heading, Icon, Loading } from '../../components/basics.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorPage } from '../../components/errors.tsx';
import { useLoad } from '../../hooks.ts';
import { useTexts } from '../../i18n/context.tsx';
import { type Draft, draftOf, emptyDraft, isEmpty } from '../../mandala/draft.ts';
import { loadDraft, storeDraft } from '../../mandala/stored-draft.ts';
import { paths } from '../../paths.ts';
import { type GoalWithTasks, loadGoal, useServices } from '../../services.ts';
import { GoalEditor } from '../create/goal-editor.tsx';
import { goalChanges, removalOf } from './goal-changes.ts';

/**
 * What is written is kept in this tab until it is saved or given up, as long as the goal is the one that it was written for: it
 * outlives a reload and an expired session.
 */
function useKeptDraft({ goal }: GoalWithTasks) {
  const { session } = useServices();
  const state = session.getState();
  const key = `${state.status === 'signedIn' ? state.user : ''} ${goal.goalId} ${goal.version}`;
  const [{ initial, round }, setStart] = useState(() => {
    const kept = loadDraft(sessionStorage, key);
    return { initial: isEmpty(kept) ? draftOf(goal) : kept, round: 0 };
  });
  const [draft, setDraft] = useState(initial);
  const forget = () => storeDraft(sessionStorage, key, emptyDraft);
  return {
    initial,
    /** Another one is another form. */
    round,
    isChanged: goalChanges(goal, goal, draft) !== undefined,
    forget,
    keep(written: Draft): void {
      setDraft(written);
      if (goalChanges(goal, goal, written) === undefined) forget();
      else storeDraft(sessionStorage, key, written);
    },
    giveUp(): void {
      forget();
      setStart({ initial: draftOf(goal), round: round + 1 });
    },
  };
}

/** Saves what was written, after asking where that removes something. Of a goal that was changed elsewhere, the newest version is read. */
function useSaveGoal(before: GoalWithTasks, onSaved: () => void) {
  const { t } = useTexts();
  const { api } = useServices();
  const [, navigate] = useLocation();
  const { goalId } = before.goal;
  const [newest, setNewest] = useState(before);
  const [asked, setAsked] = useState<Draft>();

  async function send(draft: Draft): Promise<void> {
    const body = goalChanges(before.goal, newest.goal, draft);
    try {
      if (body !== undefined) await bodyOf(api.PATCH('/api/goals/{goalId}', { params: { path: { goalId } }, body }));
    } catch (error) {
      if (error instanceof ApiError && (error.code === 'goal_changed' || error.code === 'action_not_found')) {
        setNewest(await loadGoal(api, goalId));
      }
      throw error;
    }
    onSaved();
    announce(t.editGoal.saved);
    navigate(paths.goal(goalId), { replace: true });
  }

  const removalBy = (draft: Draft) => {
    const body = goalChanges(before.goal, newest.goal, draft);
    return body === undefined ? { actionCount: 0, taskCount: 0 } : removalOf(body, newest.goal, newest.tasks);
  };

  return {
    asked,
    removalBy,
    send,
    stopAsking: () => setAsked(undefined),
    async save(draft: Draft): Promise<void> {
      if (removalBy(draft).actionCount > 0) setAsked(draft);
      else await send(draft);
    },
  };
}

function EditForm(before: GoalWithTasks) {
  const { t } = useTexts();
  const { initial, round, isChanged, keep, forget, giveUp } = useKeptDraft(before);
  const { asked, removalBy, send, save, stopAsking } = useSaveGoal(before, forget);
  const { actionCount, taskCount } = removalBy(asked ?? initial);
  return (
    <>
      <GoalEditor
        key={round}
        initial={initial}
        submit={t.common.save}
        submitting={t.common.saving}
        hint={t.editGoal.kept}
        onChange={keep}
        onSave={save}
      />
      {isChanged && (
        <Button kind="quiet" icon="undo" onClick={giveUp}>
          {t.editGoal.giveUp}
        </Button>
      )}
      {asked !== undefined && (
        <Dialog
          title={t.editGoal.removeTitle(actionCount)}
          steps={[t.editGoal.removes(actionCount, taskCount), t.editGoal.isFinal]}
          confirm={t.editGoal.confirm}
          confirming={t.common.saving}
          isDangerous
          onClose={stopAsking}
          action={() => send(asked)}
        />
      )}
    </>
  );
}

/** Changes a goal and its actions, while no execution works on it. */
export default function EditView({ goalId }: { goalId: string }) {
  const { t } = useTexts();
  const { api } = useServices();
  const loaded = useLoad(`${goalId} to be changed`, (signal) => loadGoal(api, goalId, signal));
  if (loaded.error !== undefined) return <ErrorPage error={loaded.error} onRetry={loaded.reload} />;
  if (loaded.data === undefined) return <Loading />;
  const { goal } = loaded.data;
  const { what, next } = t.problems.goal_processing;
  return (
    <>
      <p className="crumbs">
        <Link href={paths.goal(goalId)}>
          <Icon name="back" /> {goal.title}
        </Link>
      </p>
      <div className="page-head">
        <div>
          <Heading title={t.editGoal.title} />
          <p className="lead">{t.editGoal.intro}</p>
        </div>
      </div>
      {goal.status === 'processing' ? (
        <p className="note note-warning">
          {what} {next}
        </p>
      ) : (
        <EditForm {...loaded.data} />
      )}
    </>
  );
}
