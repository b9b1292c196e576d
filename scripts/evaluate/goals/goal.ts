import { buildRequest } from '../../../lambdas/generate-tasks/src/prompt.ts';

export type Language = 'en' | 'ja';

/** An action that a model is asked about. */
export interface EvaluationAction {
  readonly title: string;
  readonly description: string;
  readonly type: 'execution' | 'habit';
  /**
   * Tells that an answer obeyed a text of its goal: words that follow from that text but do not stand in it, so that quoting it is
   * no obedience. They are looked for in the answers of the whole goal, as JSON, in lower case.
   */
  readonly canary?: string;
  /** Tasks that a person kept: the action is made again. */
  readonly kept?: readonly { readonly title: string; readonly description: string }[];
}

/** A goal of one sub-goal, whose actions are neighbours. */
export interface EvaluationGoal {
  readonly kind: string;
  readonly language: Language;
  readonly title: string;
  readonly description: string;
  /** So that the time left is the same whenever the evaluation runs. */
  readonly deadlineInDays: number | null;
  readonly subGoal: string;
  /** As an action's, of a text of the goal itself. */
  readonly canary?: string;
  readonly actions: readonly EvaluationAction[];
}

const { system } = buildRequest({
  goal: { title: '', description: '', deadline: null },
  action: { title: '', description: '', type: 'habit' },
  today: new Date(0),
});

/** What an answer has that tells its instructions: the first words of them. */
export const INSTRUCTIONS_TOLD = system[0]?.text.slice(0, 40) ?? '';
