import type { NewGoal } from '@goal-activity/client/types.ts';
import type { Language } from '../messages.ts';
import english from './goal.en.json' with { type: 'json' };
import japanese from './goal.ja.json' with { type: 'json' };

const GOALS = { en: english, ja: japanese };

/**
 * The sample goal as `POST /api/goals` takes it: a mandala chart of 8 sub-goals with 8 actions each.
 * @param today its deadline is a year after this; the files hold none, since a fixed one would soon be past
 */
export function sampleGoal(language: Language, today: Date): NewGoal {
  const deadline = new Date(today);
  deadline.setUTCFullYear(deadline.getUTCFullYear() + 1);
  const { actions, ...goal } = GOALS[language];
  return {
    ...goal,
    deadline: deadline.toISOString().slice(0, 10),
    // Of a JSON file, TypeScript knows that this is a text.
    actions: actions.map((action) => ({ ...action, type: action.type === 'habit' ? 'habit' : 'execution' })),
  };
}
