import { bodyOf } from '@goal-activity/client/client.ts';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Heading } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { type Draft, emptyDraft, newGoalOf } from '../../mandala/draft.ts';
import { loadDraft, storeDraft } from '../../mandala/stored-draft.ts';
import { paths } from '../../paths.ts';
import { useServices } from '../../services.ts';
import { GoalEditor } from './goal-editor.tsx';

/** Sends a new goal and opens it. The same draft keeps its key, so that a repeated request makes one goal. */
function useCreateGoal(user: string): (draft: Draft) => Promise<void> {
  const { api } = useServices();
  const [, navigate] = useLocation();
  const sent = useRef({ body: '', key: '' });
  return async (draft) => {
    const body = newGoalOf(draft);
    const text = JSON.stringify(body);
    if (sent.current.body !== text) sent.current = { body: text, key: crypto.randomUUID() };
    const header = { 'Idempotency-Key': sent.current.key };
    const { goalId } = await bodyOf(api.POST('/api/goals', { body, params: { header } }));
    storeDraft(localStorage, user, emptyDraft);
    navigate(paths.goal(goalId));
  };
}

/** A new goal; what is written is kept in the browser until it is created. */
export default function CreateView() {
  const { t } = useTexts();
  const { session } = useServices();
  const state = session.getState();
  const user = state.status === 'signedIn' ? state.user : '';
  const [initial] = useState(() => loadDraft(localStorage, user));
  const createGoal = useCreateGoal(user);
  return (
    <>
      <div className="page-head">
        <div>
          <Heading title={t.create.title} />
          <p className="lead">{t.create.intro}</p>
        </div>
      </div>
      <GoalEditor
        initial={initial}
        submit={t.create.submit}
        submitting={t.create.submitting}
        hint={t.create.draftKept}
        onChange={(draft) => storeDraft(localStorage, user, draft)}
        onSave={createGoal}
      />
    </>
  );
}
